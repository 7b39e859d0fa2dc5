import type { BrowserTab } from './browser-tab.ts'

export interface ScrollFigures {
  frames: number
  /** Frames in which a part of the table had no row at all. */
  blank: number
  /** Frames with rows that the server has not sent yet. */
  waiting: number
  /** Longest time between two frames, in ms. */
  longestMs: number
}

/** Rows that each frame scrolls on. */
const ROWS_PER_FRAME = 12
const ROW_PX = 36

/** Scrolls the table of types from the first row to the last one, and looks at three places of it in each frame. */
export async function scrollRows(tab: BrowserTab): Promise<ScrollFigures> {
  return tab.evaluate<ScrollFigures>(`(async () => {
    const table = document.querySelector('.virtual')
    const figures = { frames: 0, blank: 0, waiting: 0, longestMs: 0 }
    table.scrollTop = 0
    const nextFrame = () => new Promise(requestAnimationFrame)
    let last = await nextFrame()
    table.scrollIntoView({ block: 'center' })
    while (table.scrollTop + table.clientHeight < table.scrollHeight - 1) {
      table.scrollTop += ${ROWS_PER_FRAME * ROW_PX}
      const now = await nextFrame()
      const { left, top, height } = table.getBoundingClientRect()
      const rows = [0.2, 0.5, 0.8].map((part) =>
        document.elementFromPoint(left + 40, top + 36 + (height - 40) * part)?.closest('tr'))
      figures.frames += 1
      if (rows.some((row) => row?.dataset.index === undefined)) figures.blank += 1
      else if (rows.some((row) => row.querySelector('.skeleton'))) figures.waiting += 1
      figures.longestMs = Math.max(figures.longestMs, now - last)
      last = now
    }
    return figures
  })()`)
}
