import { z } from 'zod'

/** A setting written as JSON. The parser's own message would quote the text, which may hold keys. */
export function jsonSetting<T extends z.ZodType>(schema: T, message = 'must be JSON') {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue({ code: 'custom', message })
        return z.NEVER
      }
    })
    .pipe(schema)
}
