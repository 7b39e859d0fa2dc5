// Controls, format characters (zero-width, bidirectional, tags), lone surrogates, line separators, variation selectors,
// and characters that are drawn as nothing.
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{VS}\u115F\u1160\u2800\u3164\uFFA0]|\u034F|\u17B4|\u17B5/u

/**
 * Whether every character of a name can be seen. Two names that look alike are then the same name, and none of them
 * reorders or hides the text around it in a terminal, a log or a page.
 */
export function isVisibleText(text: string): boolean {
  return !INVISIBLE.test(text)
}

/** For `refine` beside isVisibleText: a message that names the first character at fault. */
export const VISIBLE_ONLY = {
  error: ({ input }: { input?: unknown }): string => {
    const [found = ''] = INVISIBLE.exec(String(input)) ?? []
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return `holds U+${code}, which cannot be seen; only visible characters are allowed`
  },
}
