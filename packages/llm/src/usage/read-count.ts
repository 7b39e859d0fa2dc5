/** No call has more tokens. Larger numbers count something else. */
const MOST_TOKENS = 10_000_000

const LONGEST_TEXT = 40
/** Digits, optionally in groups of three. Some servers add a sign, a fraction or the word `tokens`. */
const TEXT =
  /^\+?(?<whole>\d{1,3}(?:[,_' \u00A0\u202F]\d{3})+|\d+)(?<fraction>\.\d+)?(?: ?tokens?)?$/i

/**
 * Reads a token count, rounded to an integer. Null for absent, negative, infinite and implausibly large values, and for other
 * texts than numbers.
 */
export function readCount(sent: unknown): number | null {
  const number = typeof sent === 'string' ? parseNumber(sent) : sent
  if (typeof number !== 'number' || !(number >= 0 && number <= MOST_TOKENS)) return null
  // `+ 0` converts -0, which JSON allows, to 0.
  return Math.round(number) + 0
}

function parseNumber(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const { whole, fraction = '' } = TEXT.exec(text.trim())?.groups ?? {}
  return whole === undefined ? undefined : Number(whole.replaceAll(/\D/g, '') + fraction)
}
