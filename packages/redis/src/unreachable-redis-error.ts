import { AppError } from '@capstan/shared/errors'

/** Creates the error of a server that cannot be used. `address` is host and port, never the URL with its password. */
export function createUnreachableRedisError(address: string, reason: string): AppError {
  const refused = isLoginRejection(reason)
  return new AppError(
    'REDIS_UNAVAILABLE',
    `Redis at ${address} ${refused ? 'refused the login' : 'cannot be reached'}: ${reason.slice(0, 200)}`,
    {
      hint: refused
        ? 'Check user and password in REDIS_URL (redis://user:password@host:port).'
        : 'Check REDIS_URL and that the server runs; without REDIS_URL Capstan starts one itself.',
      retryable: !refused,
    },
  )
}

export function isLoginRejection(reason: string): boolean {
  return /WRONGPASS|NOAUTH|NOPERM/.test(reason)
}
