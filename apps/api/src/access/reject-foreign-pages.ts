import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

export interface PageOptions {
  /** Origin of CAPSTAN_PUBLIC_URL. Its pages are pages of this server, whatever Host a proxy sends. */
  publicOrigin: string | undefined
  /** The request has a session cookie, so it has to prove that it comes from a page of this server. */
  hasCookie: boolean
}

/**
 * Rejects an unsafe request of a page of another site. Browsers report the origin in Sec-Fetch-Site; old browsers and
 * plain-HTTP pages only in Origin. Programs send neither, and no cookie. AppError FORBIDDEN.
 */
export function rejectForeignPages(request: FastifyRequest, options: PageOptions): void {
  if (SAFE_METHODS.includes(request.method)) return
  if (options.hasCookie ? isFromOwnPage(request, options) : !isFromForeignPage(request, options))
    return
  throw new AppError('FORBIDDEN', 'Pages of other sites may not send changes', {
    hint: 'Send the request from a page of this server, or from a program with `Authorization: Bearer <token>`.',
  })
}

/** Rejects a page of another site even if it has a token, as MCP requires. Programs send no Origin. AppError FORBIDDEN. */
export function rejectForeignOrigin(
  request: FastifyRequest,
  publicOrigin: string | undefined,
): void {
  const { origin } = request.headers
  if (origin === undefined || isOwnOrigin(request, origin, publicOrigin)) return
  throw new AppError('FORBIDDEN', 'Pages of other sites may not call the MCP server', {
    hint: 'Send the request from a program, without the header Origin.',
  })
}

function isFromOwnPage(request: FastifyRequest, { publicOrigin }: PageOptions): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers
  return site === undefined ? isOwnOrigin(request, origin, publicOrigin) : site === 'same-origin'
}

function isFromForeignPage(request: FastifyRequest, { publicOrigin }: PageOptions): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  return origin !== undefined && !isOwnOrigin(request, origin, publicOrigin)
}

function isOwnOrigin(
  { host }: FastifyRequest,
  origin: string | undefined,
  publicOrigin: string | undefined,
): boolean {
  if (origin === undefined) return false
  // A sandboxed page sends `null`, which is not a URL.
  return origin === publicOrigin || URL.parse(origin)?.host === host.toLowerCase()
}
