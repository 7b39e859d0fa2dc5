/** Keys come from the caller and may have any length. */
const MAX_KEY_LENGTH = 100

/** Returns a JSON pointer (RFC 6901) as a URI fragment: `#/labels/a~1b`. `#` is the whole value. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return `#${path.map((key) => `/${escapeKey(String(key))}`).join('')}`
}

function escapeKey(key: string): string {
  const escaped = key.slice(0, MAX_KEY_LENGTH).replaceAll('~', '~0').replaceAll('/', '~1')
  // encodeURIComponent throws on a lone surrogate.
  return encodeURIComponent(escaped.toWellFormed())
}
