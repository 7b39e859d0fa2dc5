import { z } from 'zod'
import { parseLimits } from './parse-limits.ts'

/** Limits as in settings: validated here, parsed by parseLimits where they are used. */
export const LimitsText = z.string().superRefine((text, context) => {
  try {
    parseLimits(text)
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: error instanceof Error ? error.message : 'unusable',
    })
  }
})
