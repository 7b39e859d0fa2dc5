import { z } from 'zod'

/** The request parameters that an endpoint supports, learned from its responses. */
export const LearnedDialect = z.object({
  output: z
    .enum(['strict_schema', 'schema', 'json_object', 'text'])
    .describe(
      'Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone.',
    ),
  limit: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .describe('The parameter for the maximum number of output tokens.'),
  system: z
    .enum(['system', 'user'])
    .describe('Position of the instructions: in a system message, or in the user message.'),
  learnedAt: z.iso.datetime().describe('Time of the last successful response in this dialect.'),
})
export type LearnedDialect = z.infer<typeof LearnedDialect>
