/** A compiled pattern in which `*` matches any text. */
export interface Glob {
  /** Takes time linear in the length of the name: there is no backtracking. */
  matches(name: string): boolean
}

/**
 * Compiles a pattern with at least one `*`. The parts between the stars are searched from left to right, each after the one
 * before it. The leftmost match of a part leaves the most room for the others, so no other match has to be tried.
 */
export function compileGlob(pattern: string): Glob {
  const [start = '', ...rest] = pattern.split(/\*+/)
  const end = rest.pop() ?? ''
  const least = [start, ...rest, end].reduce((sum, { length }) => sum + length, 0)
  return {
    matches: (name) => {
      if (name.length < least || !name.startsWith(start) || !name.endsWith(end)) return false
      let from = start.length
      for (const part of rest) {
        const at = name.indexOf(part, from)
        if (at < 0) return false
        from = at + part.length
      }
      return from <= name.length - end.length
    },
  }
}
