const ENDINGS: [ending: string, instead: string][] = [
  ['ization', 'ize'],
  ['isation', 'ize'],
  ['ations', 'ate'],
  ['ation', 'ate'],
  ['ings', ''],
  ['ing', ''],
  ['edly', ''],
  ['ment', ''],
  ['ed', ''],
  ['er', ''],
  ['ly', ''],
  ['e', ''],
]
/** A shorter rest would join words that have nothing in common. */
const LEAST_REST = 4

/** Cuts the common endings of English words: `scheduling`, `scheduled` and `schedule` become one. */
export function stemOf(word: string): string {
  for (const [ending, instead] of ENDINGS) {
    if (!word.endsWith(ending) || word.length - ending.length < LEAST_REST) continue
    const rest = word.slice(0, word.length - ending.length) + instead
    return undouble(rest.endsWith('e') ? rest.slice(0, -1) : rest)
  }
  return word
}

/** `running` -> `run` */
function undouble(word: string): string {
  return /([bdfgmnprt])\1$/.test(word) ? word.slice(0, -1) : word
}
