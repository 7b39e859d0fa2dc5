import { z } from 'zod'

/** How an endpoint has to be asked, as its answers have shown. */
export const LearnedDialect = z.object({
  output: z
    .enum(['strict_schema', 'schema', 'json_object', 'text'])
    .describe(
      'How the structured answer is asked for: by a JSON schema, strict or not, as any JSON object, or by the prompt alone.',
    ),
  limit: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .describe('The parameter that bounds the answer.'),
  system: z
    .enum(['system', 'user'])
    .describe('Where the instructions stand: in a system message, or before the question.'),
  learnedAt: z.iso.datetime().describe('When an answer in it was last confirmed.'),
})
export type LearnedDialect = z.infer<typeof LearnedDialect>
