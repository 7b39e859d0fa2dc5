/** Segments begin with a letter, digit, `_`, `~` or `-`, so `//`, `.` and `..` do not occur. */
const PREFIX = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/
const MAX_LENGTH = 200

/**
 * The path below which a proxy serves this server, without its last slash; empty for the root. Undefined for a text
 * that is not such a path: a scheme, `//`, an empty, `.` or `..` segment, and all other characters.
 */
export function parsePathPrefix(text: string): string | undefined {
  const path = text.endsWith('/') ? text.slice(0, -1) : text
  if (path === '') return ''
  return path.length <= MAX_LENGTH && PREFIX.test(path) ? path : undefined
}
