interface EscapedText {
  text: string
  /** Index after it. */
  end: number
}

const BEGINNING = /(?:[{[](?:\\{1,8}[nrt]|\s)*){1,3}\\{1,8}"/y
const CONTENT = /(?:[^"\\]|\\[^])*/y
// oxlint-disable-next-line eslint/no-control-regex -- matches control characters
const CONTROLS = /[\u0000-\u001F]/g

/** Reads JSON with escaped quotes at `start`, as in a JSON string. Undefined when there is none. */
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
