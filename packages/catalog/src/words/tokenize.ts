/** Words of no meaning of their own, as people put them into a question; none that a type or a tool is named by. */
const STOP_WORDS = new Set(
  `a about am an and any are as at be been being but by can could did do does for from get give had has have he her
  him his how i if in into is it its just like make me my need of on or our ours please she should so some than
  that the their them then there these they this those to too us very want was we were what which will with would you
  your`.split(/\s+/),
)

/**
 * Words of a text as the index knows them: lower case, CamelCase and dotted names also split into their
 * parts, simple plurals cut, stop words dropped. Used for rows and for queries alike.
 */
export function tokenize(text: string): string[] {
  const terms: string[] = []
  for (const word of plainWords(text)) {
    const parts = splitCamelCase(word)
    const all = parts.length > 1 ? [word, ...parts] : parts
    terms.push(...all.map(normalize).filter((term) => term !== '' && !STOP_WORDS.has(term)))
  }
  return terms
}

/** `Somebody's` is said of somebody, and who has logged in has nothing to do with logs; `logs in` is said of both. */
function plainWords(text: string): string[] {
  return text
    .replace(/['’]s\b/gu, '')
    .replace(/\b(?:log(?:ged|ging)?|sign(?:s|ed|ing)?)[ -](?:in|on)\b/gi, 'login')
    .split(/[^\p{L}\p{N}]+/u)
}

/** `PodDisruptionBudget` is three words, `HTTPRoute` two. */
export function splitCamelCase(word: string): string[] {
  // Most words, and far cheaper than what follows.
  if (!/.[A-Z]/.test(word)) return [word]
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ')
}

function normalize(word: string): string {
  const lower = word.toLowerCase()
  if (lower.length > 4 && lower.endsWith('ies')) return `${lower.slice(0, -3)}y`
  return lower.length > 3 && lower.endsWith('s') && !lower.endsWith('ss')
    ? lower.slice(0, -1)
    : lower
}
