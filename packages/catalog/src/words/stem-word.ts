const SUFFIXES: [suffix: string, replacement: string][] = [
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
/** Shorter stems would merge unrelated words. */
const MIN_STEM_LENGTH = 4

/** Removes common English suffixes: `scheduling`, `scheduled` and `schedule` have one stem. */
export function stemWord(word: string): string {
  for (const [suffix, replacement] of SUFFIXES) {
    if (!word.endsWith(suffix) || word.length - suffix.length < MIN_STEM_LENGTH) continue
    const stem = word.slice(0, word.length - suffix.length) + replacement
    return undouble(stem.endsWith('e') ? stem.slice(0, -1) : stem)
  }
  return word
}

/** `running` -> `run` */
function undouble(word: string): string {
  return /([bdfgmnprt])\1$/.test(word) ? word.slice(0, -1) : word
}
