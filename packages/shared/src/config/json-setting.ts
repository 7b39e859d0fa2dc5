import { z } from 'zod'

/** Schema of a JSON setting. The message of JSON.parse is not used, because it quotes the text, which may contain keys. */
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
