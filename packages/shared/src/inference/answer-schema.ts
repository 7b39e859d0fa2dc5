import { z } from 'zod'
import { InferredCapability } from '../contract/capability.ts'
import { describeBounds } from './describe-bounds.ts'
import type { AnswerFormat } from './types.ts'

/** JSON schema (draft 2020-12) of a valid answer, made from the one zod schema. */
export const answerSchema: Record<string, unknown> = z.toJSONSchema(InferredCapability)

/** The same schema in the subset that strict structured output takes: closed objects, bounds in the descriptions. */
export const strictAnswerSchema: Record<string, unknown> = describeBounds(answerSchema)

/** Of the answer about one type. */
export const ANSWER_FORMAT: AnswerFormat = { name: 'capability', schema: strictAnswerSchema }

/**
 * Of the answers about several types. A list and not a member for each label: one schema for all packs, so that
 * providers, which drop the cached prompt with a changed schema, keep both.
 */
export const MULTI_TYPE_FORMAT: AnswerFormat = {
  name: 'capabilities',
  schema: describeBounds(
    z.toJSONSchema(
      z.object({
        answers: z.array(z.object({ label: z.string(), answer: InferredCapability })),
      }),
    ),
  ),
}
