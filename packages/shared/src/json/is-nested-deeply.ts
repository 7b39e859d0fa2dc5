/** More levels than any JSON that we take needs; far fewer than the stack of a recursive reader can hold. */
const MAX_DEPTH = 200

/** Whether a parsed JSON value has more levels than a recursive reader can follow. Itself it does not recurse. */
export function isNestedDeeply(value: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { depth } = next
    if (typeof next.value !== 'object' || next.value === null) continue
    if (depth >= MAX_DEPTH) return true
    for (const member of Object.values(next.value) as unknown[]) {
      if (typeof member === 'object' && member !== null) {
        open.push({ value: member, depth: depth + 1 })
      }
    }
  }
  return false
}
