import { tokenize } from './tokenize.ts'

const ENDINGS: [ending: string, instead: string][] = [
  ['ification', 'ify'],
  ['ization', 'ize'],
  ['isation', 'ize'],
  ['ations', 'ate'],
  ['ation', 'ate'],
  ['ally', ''],
  ['ings', ''],
  ['ing', ''],
  ['edly', ''],
  ['ment', ''],
  ['ion', ''],
  ['ise', 'ize'],
  ['ity', ''],
  ['ed', ''],
  ['er', ''],
  ['ly', ''],
  ['e', ''],
]
/** A shorter rest would join words that have nothing in common. */
const LEAST_REST = 4
/** Stems of words that have been met: a catalog has few different ones, and they come again in every row. */
const KNOWN = new Map<string, string>()
/** Anybody can type new words for ever. */
const MOST_KNOWN = 50_000

/** Stems of the words of a text, in their order. */
export function stemText(text: string): string[] {
  return tokenize(text).map(stemWord)
}

/** Cuts the common endings of English words: `scheduling`, `scheduled` and `schedule` become one. */
export function stemWord(word: string): string {
  const known = KNOWN.get(word)
  if (known !== undefined) return known
  const stem = cut(word)
  if (KNOWN.size < MOST_KNOWN) KNOWN.set(word, stem)
  return stem
}

function cut(word: string): string {
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
