import { z } from 'zod'
import { ModelName } from '../model-name.ts'
import { isVisibleText, VISIBLE_ONLY } from '../visible-text.ts'

/** Body of POST /providers/{id}/test. */
export const ProviderTestRequest = z.strictObject({
  account: z
    .string()
    .min(1)
    .max(100)
    .refine(isVisibleText, VISIBLE_ONLY)
    .optional()
    .describe(
      'Account to test, by its name in GET /providers. Default: the account with the most headroom.',
    ),
  model: ModelName.optional().describe('Default: the model of scans.'),
})
export type ProviderTestRequest = z.infer<typeof ProviderTestRequest>
