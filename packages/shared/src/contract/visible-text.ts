// Control and format characters (zero-width, bidirectional, tags), lone surrogates, line separators, variation selectors,
// and blank characters that are not spaces.
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{VS}\u115F\u1160\u2800\u3164\uFFA0]|\u034F|\u17B4|\u17B5/u

/**
 * True when a name has only visible characters. Names with invisible ones can imitate other names, and can reorder or hide
 * the text around them in a terminal, a log or a page.
 */
export function isVisibleText(text: string): boolean {
  return !INVISIBLE.test(text)
}

/** Parameter of `refine` with isVisibleText: the error message names the first invisible character. */
export const VISIBLE_ONLY = {
  error: ({ input }: { input?: unknown }): string => {
    const [found = ''] = INVISIBLE.exec(String(input)) ?? []
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return `contains U+${code}, which is invisible; only visible characters are allowed`
  },
}
