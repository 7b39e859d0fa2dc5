import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import { withTimeout } from '@capstan/shared/async/with-timeout'

export interface RedisServerInfo {
  /** For example `redis` or `valkey`. */
  product: string
  version: string
  evictionPolicy: string
  /** Whether the append-only file is on. */
  aof: boolean
  /** Sentences for the log and the readiness page. The server can be used all the same. */
  warnings: string[]
}

/** Warning of a server without an append-only file. */
export const NO_AOF_WARNING =
  'The append-only file is off: a crash of Redis loses running scans. Set `appendonly yes` to keep them.'

const OLDEST_REDIS = [6, 2] as const
const INFO_MS = 5_000

/**
 * Reads version and settings of a server and rejects one that would lose jobs. Uses INFO only, because a least-privilege ACL
 * user may not run CONFIG. Throws AppError REDIS_UNAVAILABLE with a hint.
 */
export async function checkRedisServer(redis: Pick<Redis, 'info'>): Promise<RedisServerInfo> {
  const server = readServerInfo(parseRedisInfo(await sendInfo(redis)))
  if (!isSupportedVersion(server.product, server.version)) {
    throw new AppError(
      'REDIS_UNAVAILABLE',
      `The server is ${server.product} ${server.version}; Capstan needs Redis 6.2 or later, or Valkey.`,
      { hint: 'Upgrade it, or point REDIS_URL at a newer server.' },
    )
  }
  if (server.evictionPolicy !== 'noeviction') {
    throw new AppError(
      'REDIS_UNAVAILABLE',
      `The server evicts keys when memory is full (maxmemory-policy ${server.evictionPolicy}), which would lose jobs.`,
      {
        hint: 'Set it with `redis-cli CONFIG SET maxmemory-policy noeviction`, and in redis.conf, or use another server.',
      },
    )
  }
  return server
}

/** Parses the reply of INFO, without section titles and empty lines. */
export function parseRedisInfo(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** Tests whether a version such as `7.0.15` is supported. Every version of Valkey is, because the first was 7.2. */
export function isSupportedVersion(product: string, version: string): boolean {
  if (product !== 'redis') return true
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return major > OLDEST_REDIS[0] || (major === OLDEST_REDIS[0] && minor >= OLDEST_REDIS[1])
}

async function sendInfo(redis: Pick<Redis, 'info'>): Promise<string> {
  try {
    return await withTimeout(redis.info(), INFO_MS, 'INFO')
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error'
    throw new AppError('REDIS_UNAVAILABLE', `Redis did not answer INFO: ${reason}`, {
      hint: reason.startsWith('NOPERM')
        ? 'Allow the user to run it: `ACL SETUSER <user> +info`.'
        : 'Check that the server runs and can be reached.',
      retryable: true,
    })
  }
}

function readServerInfo(info: Map<string, string>): RedisServerInfo {
  const product = info.get('server_name') ?? (info.has('dragonfly_version') ? 'dragonfly' : 'redis')
  const version = info.get(`${product}_version`) ?? info.get('redis_version') ?? 'unknown'
  const aof = info.get('aof_enabled') === '1'
  const warnings = aof ? [] : [NO_AOF_WARNING]
  return {
    product,
    version,
    evictionPolicy: info.get('maxmemory_policy') ?? 'unknown',
    aof,
    warnings,
  }
}
