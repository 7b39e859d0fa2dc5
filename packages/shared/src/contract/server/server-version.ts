import { z } from 'zod'

/** Response of GET /version. */
export const ServerVersion = z.object({
  name: z.literal('capstan'),
  version: z.string(),
  node: z.string(),
})
export type ServerVersion = z.infer<typeof ServerVersion>
