const STOP_WORDS = new Set(
  'a an and are as at be by can for from get have how i in into is it my of on or that the this to want we what which with you'.split(
    ' ',
  ),
)

/**
 * Words of a text as the index knows them: lower case, CamelCase and dotted names also split into their
 * parts, simple plurals cut, stop words dropped. Used for rows and for queries alike.
 */
export function searchTerms(text: string): string[] {
  const terms: string[] = []
  for (const word of text.split(/[^\p{L}\p{N}]+/u)) {
    const parts = word
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
      .split(' ')
    const all = parts.length > 1 ? [word, ...parts] : parts
    terms.push(...all.map(normalize).filter((term) => term !== '' && !STOP_WORDS.has(term)))
  }
  return terms
}

function normalize(word: string): string {
  const lower = word.toLowerCase()
  if (lower.length > 4 && lower.endsWith('ies')) return `${lower.slice(0, -3)}y`
  return lower.length > 3 && lower.endsWith('s') && !lower.endsWith('ss')
    ? lower.slice(0, -1)
    : lower
}
