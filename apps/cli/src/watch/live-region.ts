/** Lines at the bottom of a terminal that are redrawn in place, with lines that scroll above them. */
export interface LiveRegion {
  draw(lines: string[]): void
  above(lines: string[]): void
  /** Removes the region and shows the cursor. */
  clear(): void
}

const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const CLEAR_LINE = '\u001B[K'
const CLEAR_BELOW = '\u001B[J'

export function openLiveRegion(write: (text: string) => void): LiveRegion {
  let shown: string[] = []
  // One write per frame, so that terminals do not show half of it.
  const top = (): string => (shown.length > 0 ? `\u001B[${shown.length}A\r` : '')
  const text = (lines: string[]): string =>
    lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW
  return {
    draw: (lines) => {
      if (lines.length === shown.length && lines.every((line, index) => line === shown[index]))
        return
      write((shown.length === 0 ? HIDE_CURSOR : '') + top() + text(lines))
      shown = lines
    },
    above: (lines) => {
      if (lines.length > 0) write(top() + text([...lines, ...shown]))
    },
    clear: () => {
      if (shown.length > 0) write(top() + CLEAR_BELOW + SHOW_CURSOR)
      shown = []
    },
  }
}
