import stringWidth from 'string-width'

const GRAPHEMES = new Intl.Segmenter()

/** Cuts text to `width` terminal columns. An ellipsis marks the cut. */
export function fitText(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  let used = 1 // the ellipsis
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += stringWidth(segment)
    if (used > width) break
    kept += segment
  }
  return width > 0 ? `${kept}…` : ''
}

/** Pads text with spaces to `width` terminal columns. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'left' ? text + fill : fill + text
}
