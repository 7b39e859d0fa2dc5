import { classifyRedisReply } from '@capstan/shared/redis-fault'

// ioredis sets no code for these three errors, so their texts are compared. A test detects changes.
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

/** Returns whether Redis, not the request, caused the error. */
export function isRedisError(error: unknown, isRedisReady: boolean): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'AbortError')
    return !isRedisReady
  if (error.name === 'ReplyError') return classifyRedisReply(error) !== undefined
  if (CLIENT_TEXTS.includes(error.message)) return true
  const code = 'code' in error ? String(error.code) : ''
  return !isRedisReady && SOCKET_CODES.includes(code)
}
