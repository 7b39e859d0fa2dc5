import { z } from 'zod'
import { toPlainText } from '../../text/to-plain-text.ts'
import { answerSchema } from '../answer-schema.ts'
import { coerceComplexity } from './coerce-complexity.ts'
import { coerceConfidence } from './coerce-confidence.ts'

const Member = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('array'),
    maxItems: z.int(),
    items: z.object({ maxLength: z.int() }),
  }),
  z.object({ type: z.literal('string'), maxLength: z.int().optional() }),
  z.object({ type: z.literal('number') }),
])
type Member = z.infer<typeof Member>

const MEMBERS = Object.entries(
  z.object({ properties: z.record(z.string(), Member) }).parse(answerSchema).properties,
)

/** The names of the members of an answer. */
export const ANSWER_MEMBERS: readonly string[] = MEMBERS.map(([name]) => name)

/**
 * Copies the members of an answer and no others. Converts values with one obvious meaning to the form and bounds of the
 * contract. All other values are unchanged, so that validation rejects them.
 */
export function coerceAnswer(json: object): Record<string, unknown> {
  const values = new Map(Object.entries(json))
  return Object.fromEntries(
    MEMBERS.filter(([name]) => values.has(name)).map(([name, member]) => [
      name,
      coerceMember(member, values.get(name)),
    ]),
  )
}

function coerceMember(member: Member, value: unknown): unknown {
  switch (member.type) {
    case 'array':
      return coerceList(member, value)
    case 'number':
      return coerceConfidence(value)
    case 'string':
      return member.maxLength === undefined
        ? coerceComplexity(value)
        : coerceText(value, member.maxLength)
  }
}

/** Converts a string to a list of one, and null or an empty string to an empty list. Truncates long lists. */
function coerceList(
  { maxItems, items }: Extract<Member, { type: 'array' }>,
  value: unknown,
): unknown {
  if (value === null) return []
  if (typeof value === 'string') {
    const text = coerceText(value, items.maxLength)
    return text === '' ? [] : [text]
  }
  if (!Array.isArray(value)) return value
  return value.slice(0, maxItems).map((item) => coerceText(item, items.maxLength))
}

function coerceText(value: unknown, maxLength: number): unknown {
  return typeof value === 'string' ? shortenText(toPlainText(value), maxLength) : value
}

/** Shortens a text to `maxLength` characters, at the end of a word. */
function shortenText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const space = text.lastIndexOf(' ', maxLength)
  // Scripts without spaces, and very long words, are cut between two characters.
  const kept =
    space > maxLength / 2
      ? text.slice(0, space)
      : text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '')
  return kept.trimEnd()
}
