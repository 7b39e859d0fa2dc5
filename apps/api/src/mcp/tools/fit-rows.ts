/** Three bytes of JSON are more than one token, and clients refuse answers of 25,000 tokens. */
const MAX_BYTES = 45_000

/** Returns the first rows that fit into one answer; at least one. */
export function fitRows<T>(rows: readonly T[]): T[] {
  let bytes = 0
  const end = rows.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row))
    return index > 0 && bytes > MAX_BYTES
  })
  return end === -1 ? [...rows] : rows.slice(0, end)
}
