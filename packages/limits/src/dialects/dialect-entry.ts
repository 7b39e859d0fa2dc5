import { z } from 'zod'
import { LearnedDialect } from '@capstan/shared/contract/dialect'
import type { Dialect } from '@capstan/shared/inference/dialect'

const StoredDialect = z
  .string()
  .transform((text) => {
    const [output, limit, system] = text.split(' ')
    return { output, limit, system }
  })
  .pipe(LearnedDialect.omit({ learnedAt: true }))

/**
 * The dialect of one limit key. `learned`: a call in the dialect was answered. `presumed`: such a call has run for a while
 * without a refusal. `trying`: the next dialect of a negotiation in progress. `failed`: all dialects were refused.
 */
const DialectEntry = z.object({
  state: z.enum(['learned', 'presumed', 'trying', 'failed']),
  dialect: StoredDialect,
  /** Refused calls of the negotiation so far. */
  refusals: z.int().nonnegative(),
  atMs: z.number(),
})
export type DialectEntry = z.infer<typeof DialectEntry>

/** Formats a dialect for Redis: its three members, separated by spaces. */
export function formatDialect({ output, limit, system }: Dialect): string {
  return [output, limit, system].join(' ')
}

/** Parses a stored entry; undefined if it is missing or malformed. */
export function parseDialectEntry(text: string | null): DialectEntry | undefined {
  try {
    return DialectEntry.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}
