import { classifyRedisReply } from '@capstan/shared/redis-fault'

// ioredis gives these three no code, so its texts are all there is. A test fails when they change.
const CLIENT_TEXTS: readonly string[] = [
  'Command timed out',
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
]
const SOCKET_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]

/** Whether an error means that Redis, not the request, is at fault. */
export function isRedisTrouble(error: unknown, redisReady: boolean): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'AbortError') return !redisReady
  if (error.name === 'ReplyError') return classifyRedisReply(error) !== undefined
  if (CLIENT_TEXTS.includes(error.message)) return true
  const code = 'code' in error ? String(error.code) : ''
  return !redisReady && SOCKET_CODES.includes(code)
}
