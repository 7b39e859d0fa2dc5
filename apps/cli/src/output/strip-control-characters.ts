const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** Removes characters that terminals interpret or hide; line ends and tabs stay. */
export function stripControlCharacters(text: string): string {
  return text.replace(CONTROL, '')
}
