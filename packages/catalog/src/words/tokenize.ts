import { STOP_WORDS } from '@capstan/shared/text/stop-words'

/**
 * Splits a text into index terms: lower case, simple plurals made singular, stop words dropped. CamelCase and dotted
 * names are kept whole and also split into their parts. Rows and queries use the same function.
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

/** Drops the possessive `'s` and joins `logged in` and `signed on` to `login`, which must not match `logs`. */
function plainWords(text: string): string[] {
  return text
    .replace(/['’]s\b/gu, '')
    .replace(/\b(?:log(?:ged|ging)?|sign(?:s|ed|ing)?)[ -](?:in|on)\b/gi, 'login')
    .split(/[^\p{L}\p{N}]+/u)
}

/** `PodDisruptionBudget` has three parts, `HTTPRoute` two. */
export function splitCamelCase(word: string): string[] {
  // Cheap test first: most words have no capital inside.
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
