/** Segments begin with a letter, digit, `_`, `~` or `-`, which excludes `//`, `.` and `..`. */
const PREFIX = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/
const MAX_LENGTH = 200

/**
 * Parses a path prefix and removes its trailing slash; empty for the root. Undefined for an invalid prefix: a scheme,
 * `//`, an empty, `.` or `..` segment, or other characters.
 */
export function parsePathPrefix(text: string): string | undefined {
  const path = text.endsWith('/') ? text.slice(0, -1) : text
  if (path === '') return ''
  return path.length <= MAX_LENGTH && PREFIX.test(path) ? path : undefined
}
