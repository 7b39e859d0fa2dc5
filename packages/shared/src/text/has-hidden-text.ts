// Excludes a byte order mark at the start, which editors write, and the joiners of emoji.
const HIDING =
  // oxlint-disable-next-line eslint/no-control-regex -- matches control characters
  /[\u0000-\u0008\u000E-\u001F\u007F\u115F\u1160\u3164\uFFA0\u200B\u200C\u2060-\u2064\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]|(?!^)\uFEFF/u

/** True when a text contains control, zero-width, bidirectional or tag characters, which can hide text. */
export function hasHiddenText(text: string): boolean {
  return HIDING.test(text)
}
