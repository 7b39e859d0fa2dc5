import type { Page } from 'playwright-core'

/** Counts beside or in a bar of a scan, all from one drawing. */
export interface BarCounts {
  /** Number of the event that they belong to. */
  seq: number
  /** Label of the bar: `3 succeeded, 1 running of 66`. */
  bar: string
  /** All text around the bar. */
  text: string
}

/** Reads the bar within an element with an event number; undefined while it is not drawn, or the scan has no plan. */
export async function readBarCounts(page: Page, selector: string): Promise<BarCounts | undefined> {
  const read = await page.evaluate<BarCounts | null>(`(() => {
    const part = document.querySelector(${JSON.stringify(selector)})
    const bar = part?.querySelector('.segments')?.ariaLabel
    return bar ? { seq: Number(part.dataset.seq), bar, text: part.textContent } : null
  })()`)
  return read === null || read.bar === 'not planned yet' ? undefined : read
}
