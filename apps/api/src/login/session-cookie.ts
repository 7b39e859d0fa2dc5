import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CookieSerializeOptions } from '@fastify/cookie'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'

/** The cookie of a session. Browsers accept the prefix `__Host-` only with Secure, Path=/ and no Domain. */
const SECURE_NAME = '__Host-capstan'
/** The cookie on loopback over http, where some browsers do not accept Secure. */
const LOOPBACK_NAME = 'capstan'

type CookieRequest = Pick<FastifyRequest, 'cookies' | 'headers' | 'hostname'>

/** Reads, sets and clears the cookies of this server. Needs the plugin @fastify/cookie. */
export interface LoginCookies {
  /** Returns the session id of the request. */
  readSession(request: CookieRequest): string | undefined
  setSession(request: CookieRequest, reply: FastifyReply, id: string, expiresAt: Date): void
  clearSession(request: CookieRequest, reply: FastifyReply): void
  /** Returns the state of a login in progress at an OpenID Connect issuer. */
  readLogin(request: CookieRequest): string | undefined
  /** Sends a cookie that also arrives with the redirect from the issuer, which is another site. */
  setLogin(request: CookieRequest, reply: FastifyReply, value: string, maxAgeSeconds: number): void
  clearLogin(request: CookieRequest, reply: FastifyReply): void
}

/** `publicUrl` with https makes all cookies Secure, whatever Host a proxy sends. */
export function createLoginCookies(publicUrl?: string): LoginCookies {
  const isLoopback = ({ hostname }: CookieRequest): boolean =>
    publicUrl?.startsWith('https:') !== true && isLoopbackHost(hostname)
  const read = (request: CookieRequest, suffix: string): string | undefined => {
    const { cookies } = request
    const secure = cookies[`${SECURE_NAME}${suffix}`]
    // Other names of the host could set a cookie without the prefix.
    return secure ?? (isLoopback(request) ? cookies[`${LOOPBACK_NAME}${suffix}`] : undefined)
  }
  const send = (
    request: CookieRequest,
    reply: FastifyReply,
    { suffix, value, ...options }: { suffix: string; value: string } & CookieSerializeOptions,
  ): void => {
    // A proxy may replace the Host of an https page by a loopback name.
    const secure = !isLoopback(request) || request.headers.origin?.startsWith('https:') === true
    const name = `${secure ? SECURE_NAME : LOOPBACK_NAME}${suffix}`
    void reply.setCookie(name, value, { httpOnly: true, secure, path: '/', ...options })
  }
  const clear = (request: CookieRequest, reply: FastifyReply, suffix: string): void => {
    for (const name of [`${SECURE_NAME}${suffix}`, `${LOOPBACK_NAME}${suffix}`]) {
      if (request.cookies[name] === undefined) continue
      const secure = name.startsWith(SECURE_NAME)
      void reply.clearCookie(name, { httpOnly: true, secure, path: '/', sameSite: 'lax' })
    }
  }
  return {
    readSession: (request) => read(request, ''),
    setSession: (request, reply, value, expires) =>
      send(request, reply, { suffix: '', value, sameSite: 'strict', expires }),
    clearSession: (request, reply) => clear(request, reply, ''),
    readLogin: (request) => read(request, LOGIN_SUFFIX),
    setLogin: (request, reply, value, maxAge) =>
      send(request, reply, { suffix: LOGIN_SUFFIX, value, sameSite: 'lax', maxAge }),
    clearLogin: (request, reply) => clear(request, reply, LOGIN_SUFFIX),
  }
}

const LOGIN_SUFFIX = '-login'
