import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { SocksClient } from 'socks'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { ProxyError } from '@capstan/shared/http/proxy-error'
import type { ProxyServer } from '@capstan/shared/http/proxy-server'

/** TLS options for the target, not for the proxy. */
export type TlsOptions = buildConnector.BuildOptions

const CONNECT_TIMEOUT_MS = 10_000
/** Load balancers drop connections that are idle for a minute. */
const KEEP_ALIVE_MS = 30_000

/**
 * Sends requests through a SOCKS5 proxy, which resolves the host name, as in client-go. The connector of the Kubernetes
 * library cannot connect to port 443, and ignores credentials of the proxy and `tls-server-name`.
 */
export function openSocksDispatcher(proxy: ProxyServer, tls: TlsOptions): Dispatcher {
  const connectTls = buildConnector({ ...tls, timeout: CONNECT_TIMEOUT_MS })
  const connect = async (...[options, callback]: ConnectArguments): Promise<void> => {
    const { hostname, protocol } = options
    const port = Number(options.port) || (protocol === 'https:' ? 443 : 80)
    let socket: Socket
    try {
      socket = await dial(proxy, { host: stripBrackets(hostname), port })
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

/** Connects to the target. Throws ProxyError if the proxy rejects the connection, and the socket error if it is unreachable. */
async function dial(proxy: ProxyServer, target: { host: string; port: number }): Promise<Socket> {
  const { hostname, port, username, password } = new URL(proxy.url)
  const endpoint = { host: stripBrackets(hostname), port: Number(port) || 1080 }
  const socket = connectTcp({ ...endpoint, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) })
  } catch (error) {
    socket.destroy()
    // A socket error has a code; a timeout does not.
    if (error instanceof Error && error.name !== 'AbortError') throw error
    throw createProxyError(proxy, `cannot be reached within ${CONNECT_TIMEOUT_MS / 1000} s`, error)
  }
  try {
    await SocksClient.createConnection({
      command: 'connect',
      destination: target,
      existing_socket: socket,
      timeout: CONNECT_TIMEOUT_MS,
      proxy: {
        ...endpoint,
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
    throw createProxyError(proxy, `did not connect to ${target.host}:${target.port}: ${why}`, error)
  }
}

function createProxyError(
  { address, setting }: ProxyServer,
  what: string,
  cause: unknown,
): ProxyError {
  return new ProxyError(
    `The proxy ${address} (${setting}) ${what}`,
    `Check that ${setting} names a SOCKS5 proxy which reaches the API server.`,
    { cause },
  )
}

/** Removes the brackets around an IPv6 address in a URL. */
function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
