import { z } from 'zod'

export const ReadinessCheck = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string().optional(),
})
export type ReadinessCheck = z.infer<typeof ReadinessCheck>
