import type { Redis } from 'ioredis'
import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import type { RedisKeys } from './keys.ts'
import { defineLuaScript } from './lua-script.ts'

/** Version of all keys and their values. Raised by each change that processes of the previous version cannot read. */
export const LAYOUT = '5'

const script = defineLuaScript(new URL('./check-layout.lua', import.meta.url))

/**
 * Compares the stored layout version with LAYOUT. The first process stores it. Throws AppError REDIS_UNAVAILABLE when another
 * version of Capstan wrote the keys.
 */
export async function checkLayout(redis: Redis, keys: RedisKeys): Promise<void> {
  const names = [keys.layout, `${keys.bullPrefix}:infer:meta`]
  const found = z.string().parse(await script.run(redis, names, [LAYOUT]))
  if (found === LAYOUT) return
  const theirs = found === 'none' ? 'an older version' : `layout ${found}`
  throw new AppError(
    'REDIS_UNAVAILABLE',
    `The data under ${keys.prefix} in Redis was written by another version of Capstan (${theirs}, this is layout ${LAYOUT})`,
    {
      hint: 'Finish or delete its scans with that version and then delete its keys, or choose another CAPSTAN_REDIS_PREFIX.',
    },
  )
}
