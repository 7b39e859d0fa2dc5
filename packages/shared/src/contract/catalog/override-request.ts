import { z } from 'zod'
import { InferredCapability } from '../inferred-capability.ts'

/** Body of PUT /capabilities/{resource}/override. */
export const OverrideRequest = z.strictObject({
  fields: InferredCapability.partial()
    .strict()
    .refine((fields) => Object.keys(fields).length > 0, 'must contain at least one field')
    .describe('Fields that replace inferred values. Other fields keep their inferred value.'),
  note: z
    .string()
    .trim()
    .min(1)
    .max(600)
    .nullable()
    .default(null)
    .describe('Reason for the override.'),
})
export type OverrideRequest = z.infer<typeof OverrideRequest>
