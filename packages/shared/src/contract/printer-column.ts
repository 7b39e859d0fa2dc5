import { z } from 'zod'

/** One column of what `kubectl get` prints of a type. */
export const PrinterColumn = z.object({
  name: z.string().max(120),
  /** An OpenAPI type, or `date`. */
  type: z.string().max(40),
  /** Where its value is; empty when the server computes it. */
  jsonPath: z.string().max(500),
  description: z.string().max(400).optional(),
  /** Above 0: only in the wide output. Left out: 0. */
  priority: z.int().optional(),
})
export type PrinterColumn = z.infer<typeof PrinterColumn>
