/** A line of a body, without its line break. */
export interface BodyLine {
  text: string
  /** The line exceeds the limit, and `text` is its start. */
  isCut: boolean
}

/** Kept characters of a line beyond the limit: enough to identify it. */
const KEPT_CHARACTERS = 4_096

/** Yields the non-empty lines of a body as they arrive. Buffers at most one line of `maxCharacters` and one chunk. */
export async function* readBodyLines(
  body: AsyncIterable<Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<BodyLine> {
  const decoder = new TextDecoder()
  let rest: BodyLine = { text: '', isCut: false }
  for await (const chunk of body) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n')
    rest = append(rest, first, maxCharacters)
    for (const next of others) {
      if (rest.text.trim() !== '') yield rest
      rest = append({ text: '', isCut: false }, next, maxCharacters)
    }
  }
  rest = append(rest, decoder.decode(), maxCharacters)
  if (rest.text.trim() !== '') yield rest
}

function append({ text, isCut }: BodyLine, more: string, maxCharacters: number): BodyLine {
  if (isCut) return { text, isCut }
  if (text.length + more.length <= maxCharacters) return { text: text + more, isCut }
  return { text: (text + more).slice(0, KEPT_CHARACTERS), isCut: true }
}
