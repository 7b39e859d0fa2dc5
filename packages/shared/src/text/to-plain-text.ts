// ANSI sequences, control characters, lone surrogates, fillers, variation selectors and all format characters (soft
// hyphen, zero-width, bidirectional, tags). Readers do not need them, and attackers hide text with them.
// oxlint-disable-next-line eslint/no-control-regex -- matches control characters
const ANSI = /\u001B(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/gu
const HIDDEN = /[\u115F\u1160\u3164\uFFA0\p{Cc}\p{Cf}\p{Cs}\p{VS}]|\u034F|\u17B4|\u17B5/gu

/** Converts untrusted text to one line of at most `maxLength` visible characters. */
export function toPlainText(text: string, maxLength = 4000): string {
  const visible = text
    .replace(ANSI, '')
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(HIDDEN, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  if (visible.length <= maxLength) return visible
  // Removes the first half of a surrogate pair that the cut has split.
  return `${visible.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
