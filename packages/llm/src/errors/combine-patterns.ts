/** Combines patterns into one alternative, so that each can be on its own line. */
export function combinePatterns(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'))
}
