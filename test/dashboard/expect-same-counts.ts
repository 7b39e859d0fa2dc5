import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { until } from '@capstan/testkit/until'
import { readShownCounts } from './read-shown-counts.ts'

/** Waits until the page of a scan shows the last event of `scan`, and compares all counters at that event. */
export async function expectSameCounts(page: Page, { lastSeq, progress }: Scan): Promise<void> {
  const shown = await until(`event ${lastSeq} on the page`, async () => {
    const counts = await readShownCounts(page)
    return counts !== undefined && counts.seq >= lastSeq ? counts : undefined
  })
  const percent = Math.floor(progress.percent)
  expect(shown).toEqual({ seq: lastSeq, progress: { ...progress, percent } })
}
