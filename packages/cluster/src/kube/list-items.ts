import { z } from 'zod'

/** Schema of the items of a Kubernetes list. Go writes an empty list as `null`. */
export function listItems<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? [])
}
