import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { scrub } from '@capstan/shared/text/scrub'
import type { ResultCache } from './result-cache.ts'
import type { UnfinishedAnswer } from './unfinished-answer.ts'

/** As long as the definitions that questions are made of. */
const KEEP_SECONDS = 7 * 86_400
/** Of an answer that was not valid: as much as a repair question quotes. */
const QUOTED_CHARACTERS = 4_000

/** The part of the result cache that is about questions without a valid answer. */
export function openUnfinishedAnswers(
  redis: Redis,
  keys: RedisKeys,
): Pick<ResultCache, 'keepUnfinished' | 'dropUnfinished'> {
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
