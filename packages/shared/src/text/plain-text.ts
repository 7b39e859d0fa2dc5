// ANSI sequences, control bytes, soft hyphen, zero-width, bidirectional and tag characters, variation
// selectors, lone surrogates: nothing a reader would miss, everything an attacker hides text with.
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it is for
const ANSI = /\u001B(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/gu
const HIDDEN =
  /[\p{Cc}\p{Cs}\p{VS}\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E01EF}]/gu

/** Untrusted text as one line of visible characters, at most `maxLength` of them. */
export function plainText(text: string, maxLength = 4000): string {
  const visible = text
    .replace(ANSI, '')
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(HIDDEN, '')
    .replace(/ {2,}/g, ' ')
    .trim()
  return visible.length <= maxLength ? visible : `${visible.slice(0, maxLength - 1)}…`
}
