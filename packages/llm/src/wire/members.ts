/** An object with unknown members. */
export type Members = Readonly<Record<string, unknown>>

/** Returns an object unchanged, and an empty object for any other value. */
export function asMembers(value: unknown): Members {
  return isMembers(value) ? value : {}
}

/** Returns a list unchanged, and an empty list for any other value. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
