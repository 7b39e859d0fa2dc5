/** A pattern in which `*` stands for any text, prepared for many names. */
export interface Glob {
  /** Time grows with the length of the name, whatever the pattern: nothing is tried twice. */
  matches(name: string): boolean
}

/**
 * Compiles a pattern with at least one `*`; runs of them count as one. The parts between the stars are looked for from
 * left to right, each behind the one before it: the leftmost place of a part leaves the most room for the next ones, so
 * no other place has to be tried.
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
