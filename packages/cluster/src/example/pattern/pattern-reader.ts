/** A pattern, and the index of the next character. */
export interface PatternReader {
  readonly text: readonly string[]
  at: number
}

/** The pattern has a part that the parser does not know. */
export class UnsupportedPatternError extends Error {
  override readonly name = 'UnsupportedPatternError'
}
