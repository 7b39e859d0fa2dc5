import type { Page } from 'playwright-core'
import type { Progress } from '@capstan/shared/contract/scan/progress'

export interface ShownCounts {
  /** Number of the last event that the page shows. */
  seq: number
  /** As on the page: the percentage without decimals. */
  progress: Progress
}

const READ = `(() => {
  const figures = document.querySelector('section[aria-label="Progress"]')
  if (figures === null) return null
  const chips = document.querySelectorAll('[aria-label="Filter by status"] button')
  return {
    seq: Number(figures.dataset.seq),
    percent: figures.querySelector('.percent').textContent,
    chips: [...chips].map(({ textContent }) => textContent),
  }
})()`

const NONE = {
  queued: 0,
  running: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  canceled: 0,
}

/** Reads the counters on the page of a scan, all from one drawing. Undefined while it shows no plan. */
export async function readShownCounts(page: Page): Promise<ShownCounts | undefined> {
  const read = await page.evaluate<{ seq: number; percent: string; chips: string[] } | null>(READ)
  const [, percent, finished, total] =
    /^(\d+) %([\d,]+) of ([\d,]+)/.exec(read?.percent ?? '') ?? []
  if (read === null || percent === undefined) return undefined
  const counts = Object.fromEntries(
    read.chips.map((chip) => [chip.replace(/ .*/, ''), toNumber(chip.replace(/.* /, ''))]),
  )
  const { all: _, ...byStatus } = counts
  const progress = {
    ...NONE,
    ...byStatus,
    total: toNumber(total),
    finished: toNumber(finished),
    percent: Number(percent),
  }
  return { seq: read.seq, progress }
}

function toNumber(text: string | undefined): number {
  return Number(text?.replaceAll(',', ''))
}
