import { z } from 'zod'
import { Pricing } from '../pricing.ts'
import { ProviderCheckResult } from '../provider-check.ts'

/** Response of POST /providers/{id}/test. */
export const ProviderTestResult = ProviderCheckResult.extend({
  costUsd: z.number().nullable(),
  pricing: Pricing,
})
export type ProviderTestResult = z.infer<typeof ProviderTestResult>
