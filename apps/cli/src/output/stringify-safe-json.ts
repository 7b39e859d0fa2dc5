// These characters are legal in JSON, but terminals interpret or hide them.
const HIDDEN =
  /[\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uD800-\uDFFF\u{E0000}-\u{E01EF}]/gu

/** Stringifies JSON with invisible and control characters escaped. The parsed value is the same. */
export function stringifySafeJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(HIDDEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
