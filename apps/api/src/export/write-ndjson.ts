/** Writes one line of JSON for each row. */
export async function* writeNdjson<T>(pages: AsyncIterable<T[]>): AsyncGenerator<string> {
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  }
}
