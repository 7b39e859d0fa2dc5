import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Dispatcher } from 'undici'
import { isPublicAddress, unmapAddress } from './is-public-address.ts'
import type { NoProxy } from './no-proxy.ts'
import type { ProxyRules } from './proxy-rules.ts'

/** A target that a user of the API has chosen and that must not be reached. */
export class ForbiddenTargetError extends Error {
  override readonly name = 'ForbiddenTargetError'
}

export interface TargetRequest {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

export interface TargetResponse {
  status: number
  retryAfter: string | undefined
}

/** Sends requests to servers that a user of the API has chosen. */
export interface TargetClient {
  /**
   * Sends a POST request. Redirects are not followed, and at most 64 KiB of the body are read and dropped. Throws
   * ForbiddenTargetError, the error of the connection, or the reason of the signal.
   */
  post(url: string, request: TargetRequest): Promise<TargetResponse>
  close(): Promise<void>
}

const MAX_BODY_BYTES = 64 * 1024

/**
 * Opens a client that connects to public addresses only, and to `isAllowed` hosts and addresses, by http only to the latter.
 * The address is checked when the connection opens, so a name that resolves to another address later is refused. Through a proxy
 * of `rules` only addresses in the URL can be checked: the proxy resolves the names.
 */
export async function openTargetClient(
  isAllowed: NoProxy,
  rules: ProxyRules,
): Promise<TargetClient> {
  // Loaded here, because it slows the start of a process.
  const [{ Agent, buildConnector, request }, { openProxyDispatcher }] = await Promise.all([
    import('undici'),
    import('./proxy-dispatcher.ts'),
  ])
  const direct = new Agent({
    connect: (options, callback) => {
      const target = readTarget(options.protocol, options.hostname, options.port)
      const fault = findLiteralFault(target, isAllowed)
      if (fault) return callback(fault, null)
      return buildConnector({ lookup: createLookup(target, isAllowed) })(options, callback)
    },
  })
  const proxied = new Map(rules.proxies.map((proxy) => [proxy, openProxyDispatcher(proxy)]))
  const choose = (url: URL): Dispatcher => {
    const proxy = rules.choose(url.href)
    const dispatcher = proxy && proxied.get(proxy)
    if (!dispatcher) return direct
    const target = readTarget(url.protocol, url.hostname, url.port)
    const fault = findLiteralFault(target, isAllowed) ?? findNameFault(target, isAllowed)
    if (fault) throw fault
    return dispatcher
  }
  return {
    post: async (url, { headers, body, signal }) => {
      const dispatcher = choose(new URL(url))
      const sent = { method: 'POST', dispatcher, headers, body, signal } as const
      const response = await request(url, sent)
      await response.body.dump({ limit: MAX_BODY_BYTES, signal })
      const retryAfter = response.headers['retry-after']
      return {
        status: response.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      }
    },
    close: async () => {
      await Promise.all([direct, ...proxied.values()].map((dispatcher) => dispatcher.destroy()))
    },
  }
}

interface Target {
  /** Without brackets. */
  host: string
  port: number
  isEncrypted: boolean
}

function readTarget(protocol: string, hostname: string, port: string): Target {
  const isEncrypted = protocol === 'https:'
  return {
    host: unmapAddress(hostname.replace(/^\[(.*)\]$/, '$1')),
    port: Number(port) || (isEncrypted ? 443 : 80),
    isEncrypted,
  }
}

/** Addresses in a URL never reach the lookup. */
function findLiteralFault(target: Target, isAllowed: NoProxy): Error | undefined {
  return isIP(target.host) === 0 ? undefined : findFault(target, target.host, isAllowed)
}

/** Without its address a name can be reached by http only when it is allowed itself. */
function findNameFault(target: Target, isAllowed: NoProxy): Error | undefined {
  const isPermitted = target.isEncrypted || isAllowed(target.host, target.port)
  return isPermitted ? undefined : new ForbiddenTargetError(describeHttp(target))
}

function findFault(target: Target, address: string, isAllowed: NoProxy): Error | undefined {
  const plain = unmapAddress(address)
  const { host, port, isEncrypted } = target
  if (isAllowed(host, port) || isAllowed(plain, port)) return undefined
  if (!isEncrypted) return new ForbiddenTargetError(describeHttp(target))
  if (isPublicAddress(plain)) return undefined
  const subject = plain === host ? plain : `${plain} of ${host}`
  return new ForbiddenTargetError(`the address ${subject} is not public`)
}

function describeHttp({ host }: Target): string {
  return `${host} is not allowed without https`
}

/** Refuses a name when one of its addresses is forbidden, because the connection may use any of them. */
function createLookup(target: Target, isAllowed: NoProxy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      for (const { address } of found) {
        const fault = findFault(target, address, isAllowed)
        if (fault) return callback(fault, [])
      }
      const [first] = found
      if (options.all || !first) return callback(null, found)
      return callback(null, first.address, first.family)
    })
  }
}
