interface EscapedText {
  text: string
  /** Index after it. */
  end: number
}

const BEGINNING = /(?:[{[](?:\\{1,8}[nrt]|\s)*){1,3}\\{1,8}"/y
const CONTENT = /(?:[^"\\]|\\[^])*/y
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what it is for
const CONTROLS = /[\u0000-\u001F]/g

/** The JSON at `start` that stands there as in a string of JSON, with escaped quotes; undefined when none does. */
export function readEscaped(text: string, start: number): EscapedText | undefined {
  BEGINNING.lastIndex = start
  if (!BEGINNING.test(text)) return undefined
  CONTENT.lastIndex = start
  CONTENT.test(text)
  const end = CONTENT.lastIndex
  const content = text
    .slice(start, end)
    .replace(CONTROLS, (char) => JSON.stringify(char).slice(1, -1))
  try {
    const read: unknown = JSON.parse(`"${content}"`)
    return typeof read === 'string' ? { text: read, end } : undefined
  } catch {
    return undefined
  }
}
