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
 * What is stored of one model of one account. `learned`: a call in the dialect was answered. `presumed`: such a call has run
 * for long and was not refused. `trying`: the next dialect of a negotiation that has not ended. `failed`: all were refused.
 */
const DialectEntry = z.object({
  state: z.enum(['learned', 'presumed', 'trying', 'failed']),
  dialect: StoredDialect,
  /** Refused calls of the negotiation so far. */
  refusals: z.int().nonnegative(),
  atMs: z.number(),
})
export type DialectEntry = z.infer<typeof DialectEntry>

/** The text of a dialect in Redis: its three members with spaces between. */
export function formatDialect({ output, limit, system }: Dialect): string {
  return [output, limit, system].join(' ')
}

/** Reads a stored entry; undefined for what is not one, such as the empty text of an entry that is missing. */
export function parseDialectEntry(text: string | null): DialectEntry | undefined {
  try {
    return DialectEntry.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}
