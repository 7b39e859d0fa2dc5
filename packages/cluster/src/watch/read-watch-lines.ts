/** Metadata of one CRD is a few KB; a line without an end would fill the memory. */
const MAX_LINE = 4 * 1024 * 1024

/** Lines of a stream of UTF-8. Throws when one is longer than 4 MB; an unfinished last one is left out. */
export async function* readWatchLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE) throw new Error('a line of the watch has no end')
    yield* lines.filter((line) => line !== '')
  }
}
