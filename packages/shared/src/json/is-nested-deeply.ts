/** More levels than any expected JSON has, and far fewer than the stack of a recursive reader allows. */
const MAX_DEPTH = 200

/** True when a parsed JSON value has too many levels for a recursive reader. The check itself is iterative. */
export function isNestedDeeply(value: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { depth } = next
    if (typeof next.value !== 'object' || next.value === null) continue
    if (depth >= MAX_DEPTH) return true
    const members: unknown[] = Object.values(next.value)
    for (const member of members) {
      if (typeof member === 'object' && member !== null) {
        open.push({ value: member, depth: depth + 1 })
      }
    }
  }
  return false
}
