import { z } from 'zod'
import { InferredCapability } from '../contract/capability.ts'
import type { AnswerFormat } from './types.ts'

/** JSON schema (draft 2020-12) of a valid answer, made from the one zod schema. */
export const answerSchema: Record<string, unknown> = z.toJSONSchema(InferredCapability)

// Bounds that the providers' strict modes refuse; parseAnswer checks them.
const BOUNDS = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  '$schema',
])

/** The same schema in the subset that strict structured output takes: closed objects, no bounds. */
export const strictAnswerSchema: Record<string, unknown> = withoutBounds(answerSchema)

/** Of the answer about one type. */
export const ANSWER_FORMAT: AnswerFormat = { name: 'capability', schema: strictAnswerSchema }

/**
 * Of the answers about several types. A list and not a member for each label: one schema for all packs, so that
 * providers, which drop the cached prompt with a changed schema, keep both.
 */
export const PACK_FORMAT: AnswerFormat = {
  name: 'capabilities',
  schema: withoutBounds(
    z.toJSONSchema(
      z.object({
        answers: z.array(z.object({ label: z.string(), answer: InferredCapability })),
      }),
    ),
  ),
}

function withoutBounds(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !BOUNDS.has(keyword))
      .map(([keyword, value]) => [keyword, withoutBoundsDeep(value)]),
  )
}

function withoutBoundsDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null
    ? withoutBounds(value as Record<string, unknown>) // a JSON object: narrowed from unknown by the test before
    : value
}
