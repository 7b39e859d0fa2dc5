import { isIP } from 'node:net'
import { AppError } from '@capstan/shared/errors'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import { isPublicAddress, unmapAddress } from '@capstan/shared/http/is-public-address'
import type { NoProxy } from '@capstan/shared/http/no-proxy'

/**
 * Returns the normalized URL. Throws AppError VALIDATION for a URL that no delivery may use. Names are resolved when the
 * message is sent.
 */
export function checkWebhookUrl(text: string, isAllowed: NoProxy): string {
  const url = URL.parse(text)
  const fault = url
    ? (findSecretFault(url, text) ?? findTargetFault(url, isAllowed))
    : 'it is not a URL'
  if (!url || fault !== undefined) throw createUrlError(fault ?? 'it is not a URL')
  return url.href
}

function findSecretFault({ username, password }: URL, text: string): string | undefined {
  if (username || password) return 'it contains credentials'
  // An empty query or fragment is visible in the text only.
  return /[?#]/.test(text) ? 'it contains a query or a fragment' : undefined
}

function findTargetFault(
  { protocol, hostname, port }: URL,
  isAllowed: NoProxy,
): string | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') return NOT_HTTPS
  const host = unmapAddress(hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''))
  if (isAllowed(host, Number(port) || (protocol === 'https:' ? 443 : 80))) return undefined
  if (protocol === 'http:') return NOT_HTTPS
  const isPrivate = isIP(host) === 0 ? isLoopbackHost(host) : !isPublicAddress(host)
  return isPrivate ? 'its address is not public' : undefined
}

const NOT_HTTPS = 'it must begin with https://'

function createUrlError(detail: string): AppError {
  return new AppError('VALIDATION', `The URL of the webhook is invalid: ${detail}`, {
    hint: 'Use a public https:// URL such as https://hooks.example.com/capstan. CAPSTAN_WEBHOOK_ALLOW permits others.',
    extra: { errors: [{ pointer: '#/url', detail }] },
  })
}
