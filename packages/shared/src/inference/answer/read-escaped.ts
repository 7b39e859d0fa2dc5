interface EscapedText {
  text: string
  /** Index after it. */
  end: number
}

const BEGINNING = /(?:[{[](?:\\{1,8}[nrt]|\s)*){1,3}\\{1,8}"/y
// oxlint-disable-next-line eslint/no-control-regex -- matches control characters
const CONTROLS = /[\u0000-\u001F]/g

/** Reads JSON with escaped quotes at `start`, as in a JSON string. Undefined when there is none. */
export function readEscaped(text: string, start: number): EscapedText | undefined {
  BEGINNING.lastIndex = start
  if (!BEGINNING.test(text)) return undefined
  const end = findEnd(text, start)
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

/** Returns the index of the next quote that is not escaped, of a backslash at the end, or the end of the text. */
function findEnd(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const char = text.charAt(index)
    const isEscape = char === '\\'
    if (char === '"' || (isEscape && index + 1 === text.length)) return index
    if (isEscape) index += 1
  }
  return text.length
}
