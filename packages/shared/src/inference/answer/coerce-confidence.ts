import { toPlainText } from '../../text/to-plain-text.ts'

/** A number with an optional unit, after a word like "about" and before a remark without numbers. */
const NUMBER =
  /^(?:about|around|approx\.?|roughly|~|≈)?\s*(\d{0,4}(?:[.,]\d+)?)\s*(%|percent\b|(?:\/|out of)\s*(1|10|100)(?![\d.,]))?[.\s]*(?:[(:;–—-]\D*)?$/
/** Longer texts are not a number with a remark. */
const MAX_TEXT_LENGTH = 80
/** Values of the examples in the prompt. */
const WORDS = new Map([
  ['very high', 0.9],
  ['high', 0.9],
  ['medium', 0.6],
  ['moderate', 0.6],
  ['low', 0.3],
  ['very low', 0.3],
])

/**
 * Converts values with one obvious meaning to a confidence from 0 to 1: 80, "0.8", "80%", "8/10", "high". Numbers from 1 to 10
 * are ambiguous (a percentage, or points out of ten) and stay unchanged.
 */
export function coerceConfidence(value: unknown): unknown {
  if (typeof value === 'number') return isPercentage(value) ? value / 100 : value
  if (typeof value !== 'string') return value
  const text = toPlainText(value).toLowerCase()
  if (text.length > MAX_TEXT_LENGTH) return value
  const word = WORDS.get(text.replace(/ confidence$|[.!]$/g, ''))
  return word ?? readNumber(text) ?? value
}

function isPercentage(value: number): boolean {
  return value > 10 && value <= 100
}

function readNumber(text: string): number | undefined {
  const [, digits, unit, whole] = NUMBER.exec(text) ?? []
  if (!digits) return undefined
  const number = Number(digits.replace(',', '.'))
  if (unit) return number / Number(whole ?? 100)
  return isPercentage(number) ? number / 100 : number
}
