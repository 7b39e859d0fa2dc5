import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { IsTrustedProxy } from '../links/trusted-proxies.ts'

/**
 * Returns the address of the caller: the last one in X-Forwarded-For that is not a trusted proxy, if a trusted proxy sent
 * the request, else the address of the connection.
 */
export function findClientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  isTrusted: IsTrustedProxy,
): string {
  const peer = socket.remoteAddress ?? 'unknown'
  if (!isTrusted(peer)) return peer
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const addresses = forwarded.map((one) => one.trim()).filter((one) => isIP(one) !== 0)
  return addresses.findLast((address) => !isTrusted(address)) ?? addresses[0] ?? peer
}
