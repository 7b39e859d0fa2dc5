import { z } from 'zod'
import { CuratedConfig, RedisConfig } from '@capstan/shared/config/fragments'
import { findOpenHostFault } from '@capstan/shared/config/find-open-host-fault'
import { readConfig } from '@capstan/shared/config/read-config'

/** Settings of `capstan up` itself. Variables of its children are listed in environment.ts. */
export const StackSettings = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('Address that the API listens on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 takes a free port.'),
  REDIS_URL: RedisConfig.REDIS_URL.optional().describe(
    'URL of a Redis server. Default: a local server, from PATH, Docker or the packages of the system.',
  ),
  CAPSTAN_DATA_DIR: z
    .string()
    .optional()
    .describe('Folder of the Redis data. Default: the data folder of the user.'),
  CAPSTAN_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Number of worker processes that `capstan up` starts.'),
  ...CuratedConfig,
})

/** Throws ConfigError with every fault, including the API's rule for hosts without authentication. */
export function readStackSettings(environment: Record<string, string | undefined>) {
  return readConfig(StackSettings, environment, ({ HOST }) => {
    const hasToken = Boolean(environment['CAPSTAN_TOKEN'] || environment['CAPSTAN_TOKEN_FILE'])
    const fault = findOpenHostFault(HOST, hasToken)
    return fault === undefined ? [] : [fault]
  })
}
