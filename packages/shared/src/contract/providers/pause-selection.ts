import { z } from 'zod'
import { ModelName } from '../model-name.ts'
import { isVisibleText, VISIBLE_ONLY } from '../visible-text.ts'

/** Body of POST /providers/{id}/resume: the pauses to end. */
export const PauseSelection = z.strictObject({
  account: z
    .string()
    .min(1)
    .max(100)
    .refine(isVisibleText, VISIBLE_ONLY)
    .optional()
    .describe('Name of an account in GET /providers. Default: all accounts.'),
  model: ModelName.optional().describe('Default: all models.'),
})
export type PauseSelection = z.infer<typeof PauseSelection>
