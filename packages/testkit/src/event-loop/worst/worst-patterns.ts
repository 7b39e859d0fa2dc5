/** Maximum patterns of a list, and maximum characters of a pattern. */
const MOST = 500
const LONGEST = 253

const LETTERS = 'deigomprstw'

/** Expensive includes and excludes of a scan, by cause. */
export function makeWorstPatterns(types: string[]): { include: string[]; exclude: string[] }[] {
  const some = (from: number): string[] => types.slice(from, from + MOST)
  return [
    { include: some(0).map(misspell), exclude: [] },
    { include: ['*', ...some(0).slice(1).map(misspell)], exclude: some(0).map(misspell) },
    { include: globs(0), exclude: ['nothing', ...globs(7).slice(1)] },
    { include: ['*', ...some(0).slice(1)], exclude: some(MOST) },
    { include: ['*', ...stars()], exclude: stars() },
    { include: some(0).map((name) => `${name}-`.repeat(20).slice(0, LONGEST)), exclude: [] },
  ]
}

/** Changes two letters in the middle of a name. */
function misspell(name: string): string {
  return `${name.slice(0, 3)}xq${name.slice(5)}`
}

/** Patterns whose letters are in nearly every name, in an order that few names have. */
function globs(seed: number): string[] {
  return Array.from({ length: MOST }, (_, index) => {
    const letters = Array.from({ length: 12 }, (__, place) => {
      return LETTERS[(seed + index * (place + 3) + Math.floor(index / 11)) % LETTERS.length]
    })
    return `*${letters.join('*')}*${index}*`
  })
}

/** Patterns of stars and one letter. */
function stars(): string[] {
  return Array.from({ length: MOST - 1 }, (_, index) => {
    return `${'*'.repeat(LONGEST - 3)}w${index % 10}*`
  })
}
