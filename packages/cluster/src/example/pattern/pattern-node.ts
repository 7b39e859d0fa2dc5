/** A parsed regular expression. */
export type PatternNode =
  | { kind: 'characters'; ranges: readonly CharacterRange[]; isNegated: boolean }
  | { kind: 'sequence'; parts: readonly PatternNode[] }
  | { kind: 'choice'; options: readonly PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; min: number; max: number }
  | { kind: 'start' }
  | { kind: 'end' }

/** Code points from the first to the second one. */
export type CharacterRange = readonly [from: number, to: number]
