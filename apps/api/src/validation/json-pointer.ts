/** Keys are the caller's own and may be of any length. */
const MAX_KEY_LENGTH = 100

/** JSON pointer (RFC 6901) to a value, as a URI fragment: `#/labels/a~1b`. `#` is the whole value. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return `#${path.map((key) => `/${escapeKey(String(key))}`).join('')}`
}

function escapeKey(key: string): string {
  const escaped = key.slice(0, MAX_KEY_LENGTH).replaceAll('~', '~0').replaceAll('/', '~1')
  // encodeURIComponent throws on a lone surrogate.
  return encodeURIComponent(escaped.toWellFormed())
}
