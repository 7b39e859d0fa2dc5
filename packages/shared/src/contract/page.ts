import { z } from 'zod'

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Opaque: `page.nextCursor` of the previous page. */
  cursor: z.string().max(1024).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

export interface Page<T> {
  data: T[]
  page: { limit: number; nextCursor: string | null }
}

/** Schema of a page of `item`s. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    page: z.object({ limit: z.int(), nextCursor: z.string().nullable() }),
  })
}
