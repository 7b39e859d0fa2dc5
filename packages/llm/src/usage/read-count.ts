/** No model reads or writes so many tokens in one call: a larger number is a counter of something else. */
const MOST_TOKENS = 10_000_000

const LONGEST_TEXT = 40
/** Digits, in groups of three or not, and what some servers write around them. */
const TEXT = /^\+?(?<whole>\d{1,3}(?:[,_' \u00A0\u202F]\d{3})+|\d+)(?<part>\.\d+)?(?: ?tokens?)?$/i

/**
 * A number of tokens as a provider sent it, rounded to a whole one. Null for what is no such number: absent, negative,
 * not finite, above ten millions, or a text that is not a plain number.
 */
export function readCount(sent: unknown): number | null {
  const number = typeof sent === 'string' ? numberIn(sent) : sent
  if (typeof number !== 'number' || !(number >= 0 && number <= MOST_TOKENS)) return null
  // Plus nothing: JSON has a negative zero.
  return Math.round(number) + 0
}

function numberIn(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const { whole, part = '' } = TEXT.exec(text.trim())?.groups ?? {}
  return whole === undefined ? undefined : Number(whole.replaceAll(/\D/g, '') + part)
}
