/** An object whose members are not guaranteed. */
export type Members = Readonly<Record<string, unknown>>

/** Reads an object; anything else has no members. */
export function asMembers(value: unknown): Members {
  return isMembers(value) ? value : {}
}

/** Reads a list; anything else is an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
