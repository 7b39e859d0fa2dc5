import type { z } from 'zod'

/** What another version or another program wrote counts as absent. */
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
