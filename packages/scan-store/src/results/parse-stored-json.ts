import type { z } from 'zod'

/** Parses a stored value. A value that does not match the schema, for example of another version, counts as absent. */
export function parseStoredJson<T extends z.ZodType>(
  schema: T,
  text: string,
): z.infer<T> | undefined {
  if (text === '') return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
