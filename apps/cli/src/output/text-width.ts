// East Asian wide characters and emoji take two cells of a terminal; combining marks take none.
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
const NONE = /\p{M}/u

/** Cells a text without escape sequences takes. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

/** The text cut to `width` cells, with an ellipsis where something is missing. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 1 // the ellipsis
  for (const character of text) {
    used += widthOf(character)
    if (used > width) break
    kept += character
  }
  return width > 0 ? `${kept}…` : ''
}

/** The text filled with spaces to `width` cells. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'left' ? text + fill : fill + text
}

function widthOf(character: string): number {
  if (NONE.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
