import { createHmac, randomBytes } from 'node:crypto'

/** One login in progress. All its values are derived from one secret, which only a cookie of the browser holds. */
export interface LoginAttempt {
  state: string
  nonce: string
  /** PKCE code verifier. */
  verifier: string
  /** Path at which the login ends, with the path prefix. */
  next: string
  /** Session id that the browser had at the start. Its cookie does not arrive with the redirect from the issuer. */
  earlierSession: string | undefined
}

/** Values that a login keeps until its end. */
export type LoginStart = Pick<LoginAttempt, 'next' | 'earlierSession'>

/** Creates a login and the value of its cookie. */
export function createLoginAttempt(start: LoginStart): { attempt: LoginAttempt; cookie: string } {
  const secret = randomBytes(32).toString('base64url')
  const next = Buffer.from(start.next).toString('base64url')
  return {
    attempt: deriveAttempt(secret, start),
    cookie: `${secret}.${next}.${start.earlierSession ?? ''}`,
  }
}

/** Restores a login from its cookie; undefined for another text. */
export function readLoginAttempt(cookie: string): LoginAttempt | undefined {
  const [, secret, next, earlier] = /^([\w-]{43})\.([\w-]*)\.([\w-]*)$/.exec(cookie) ?? []
  if (secret === undefined || next === undefined) return undefined
  return deriveAttempt(secret, {
    next: Buffer.from(next, 'base64url').toString(),
    earlierSession: earlier === '' ? undefined : earlier,
  })
}

function deriveAttempt(secret: string, start: LoginStart): LoginAttempt {
  const derive = (use: string): string =>
    createHmac('sha256', secret).update(use).digest('base64url')
  const [state, nonce, verifier] = [derive('state'), derive('nonce'), derive('verifier')]
  return { state, nonce, verifier, ...start }
}
