import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { Usage } from '@capstan/shared/contract/usage'
import { scrub } from '@capstan/shared/text/scrub'

/** As long as the definition store keeps definitions. */
const KEEP_SECONDS = 7 * 86_400
/** The part of an invalid answer that a repair call quotes. */
const QUOTED_CHARACTERS = 4_000

const Paid = {
  /** The scan that paid. */
  scanId: z.string(),
  /** Usage of the calls so far. */
  usage: Usage,
}

/** A paid answer that is not valid yet, and the next call. */
export const UnfinishedAnswer = z.discriminatedUnion('next', [
  /** The answer was invalid: the next call repairs it. */
  z.object({
    next: z.literal('repair'),
    ...Paid,
    /** The part of the answer that a repair call quotes. */
    text: z.string(),
    faults: z.array(z.string()),
  }),
  /** A multi-type answer had no usable part for this type: the next call asks about this type only. */
  z.object({ next: z.literal('ask-alone'), ...Paid }),
])
export type UnfinishedAnswer = z.infer<typeof UnfinishedAnswer>

/** Keeps unfinished answers under their content key. */
export interface UnfinishedAnswerStore {
  /** Keeps a paid answer for 7 days, without secrets and cut to the part that a repair call quotes. */
  keepUnfinished(contentKey: string, unfinished: UnfinishedAnswer): Promise<void>
  /** Removes it: the next attempt starts with the first call again. */
  dropUnfinished(contentKey: string): Promise<void>
}

export function openUnfinishedAnswers(redis: Redis, keys: RedisKeys): UnfinishedAnswerStore {
  return {
    keepUnfinished: async (contentKey, unfinished) => {
      const text = JSON.stringify(withoutSecrets(unfinished))
      await redis.set(keys.unfinishedAnswer(contentKey), text, 'EX', KEEP_SECONDS)
    },
    dropUnfinished: async (contentKey) => {
      await redis.del(keys.unfinishedAnswer(contentKey))
    },
  }
}

function withoutSecrets(unfinished: UnfinishedAnswer): UnfinishedAnswer {
  if (unfinished.next !== 'repair') return unfinished
  const { text, faults } = unfinished
  return {
    ...unfinished,
    text: scrub(text, [], QUOTED_CHARACTERS),
    faults: faults.map((fault) => scrub(fault)),
  }
}
