import { z } from 'zod'
import { InferredCapability } from '../contract/inferred-capability.ts'
import { describeBounds } from './describe-bounds.ts'
import type { AnswerFormat } from './types.ts'

/** JSON schema (draft 2020-12) of a valid answer, generated from the zod schema. */
export const answerSchema: Record<string, unknown> = z.toJSONSchema(InferredCapability)

/** The schema in the subset for strict structured output: closed objects, bounds in the descriptions. */
export const strictAnswerSchema: Record<string, unknown> = describeBounds(answerSchema)

/** Format of the answer about one type. */
export const ANSWER_FORMAT: AnswerFormat = { name: 'capability', schema: strictAnswerSchema }

/**
 * Format of the answer to a multi-type prompt. A list, because all multi-type prompts then have the same schema: providers
 * drop a cached prompt when the schema changes.
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
