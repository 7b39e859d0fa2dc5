import { z } from 'zod'

/** A column of `kubectl get` for a type. */
export const PrinterColumn = z.object({
  name: z.string().max(120),
  /** An OpenAPI type, or `date`. */
  type: z.string().max(40),
  /** JSONPath of its value. Empty when the server computes the value. */
  jsonPath: z.string().max(500),
  description: z.string().max(400).optional(),
  /** Above 0: only with `-o wide`. Default: 0. */
  priority: z.int().optional(),
})
export type PrinterColumn = z.infer<typeof PrinterColumn>
