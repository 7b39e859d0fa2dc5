import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { SocksClient } from 'socks'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { ProxyError } from '@capstan/shared/http/proxy-error'
import type { ProxyServer } from '@capstan/shared/http/proxy-server'

/** Of the target, not of the proxy. */
export type TlsOptions = buildConnector.BuildOptions

const CONNECT_MS = 10_000
/** Load balancers drop connections that are silent for a minute. */
const KEEP_ALIVE_MS = 30_000

/**
 * Sends requests through a SOCKS5 proxy, which resolves the name of the target, as client-go does. The connector of the
 * Kubernetes library cannot reach port 443, and ignores credentials of the proxy and `tls-server-name`.
 */
export function openSocksDispatcher(proxy: ProxyServer, tls: TlsOptions): Dispatcher {
  const connectTls = buildConnector({ ...tls, timeout: CONNECT_MS })
  const connect = async (...[options, callback]: ConnectArguments): Promise<void> => {
    const { hostname, protocol } = options
    const port = Number(options.port) || (protocol === 'https:' ? 443 : 80)
    let socket: Socket
    try {
      socket = await dial(proxy, { host: bare(hostname), port })
    } catch (error) {
      callback(error instanceof Error ? error : new Error('unknown'), null)
      return
    }
    if (protocol === 'https:') connectTls({ ...options, httpSocket: socket }, callback)
    else callback(null, socket)
  }
  return new Agent({ connect: (...given) => void connect(...given) })
}

type ConnectArguments = Parameters<buildConnector.connector>

/** A socket to the target. Throws ProxyError when the proxy refuses, the socket's error when it cannot be reached. */
async function dial(proxy: ProxyServer, target: { host: string; port: number }): Promise<Socket> {
  const { hostname, port, username, password } = new URL(proxy.url)
  const place = { host: bare(hostname), port: Number(port) || 1080 }
  const socket = connectTcp({ ...place, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
  } catch (error) {
    socket.destroy()
    // Its code says why; a timeout has none.
    if (error instanceof Error && error.name !== 'AbortError') throw error
    throw proxyFault(proxy, `cannot be reached within ${CONNECT_MS / 1000} s`, error)
  }
  try {
    await SocksClient.createConnection({
      command: 'connect',
      destination: target,
      existing_socket: socket,
      timeout: CONNECT_MS,
      proxy: {
        ...place,
        type: 5,
        ...(username !== '' && {
          userId: decodeURIComponent(username),
          password: decodeURIComponent(password),
        }),
      },
    })
    return socket
  } catch (error) {
    socket.destroy()
    // `Socks5 proxy rejected connection - HostUnreachable`
    const why = error instanceof Error ? error.message.replace(/^.* - /, '') : 'no reason given'
    throw proxyFault(proxy, `did not connect to ${target.host}:${target.port}: ${why}`, error)
  }
}

function proxyFault({ address, setting }: ProxyServer, what: string, cause: unknown): ProxyError {
  return new ProxyError(
    `The proxy ${address} (${setting}) ${what}`,
    `Check that ${setting} names a SOCKS5 proxy which reaches the API server.`,
    { cause },
  )
}

/** Without the brackets that a URL has around an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
