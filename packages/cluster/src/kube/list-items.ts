import { z } from 'zod'

/** Items of a list of metadata: `null` when there are none, as Go writes it. */
export function listItems<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? [])
}
