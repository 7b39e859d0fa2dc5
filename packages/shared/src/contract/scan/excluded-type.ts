import { z } from 'zod'

/** A type that a scan excludes, with the reason. */
export const ExcludedType = z.object({ resource: z.string(), reason: z.string() })
export type ExcludedType = z.infer<typeof ExcludedType>
