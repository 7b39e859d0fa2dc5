import { isUntrustedCa, UNTRUSTED_CA_HINT } from './untrusted-ca.ts'
import { ProxyError } from './proxy-error.ts'
import type { ProxyServer } from './proxy-server.ts'

/** Codes of failed connections. Only the proxy connects to the target, so these are failures to reach the proxy. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** Codes of closed connections. In a tunnel, either side may have closed it. */
const LOST = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const SCHEMES = 'Proxy authentication supports only the Basic scheme.'
const PROXY_TLS = new Set(['UND_ERR_PRX_TLS', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'])

/** Converts an error of a request through `proxy` to a ProxyError, if the proxy caused it. Returns other errors unchanged. */
export function explainProxyFault(error: Error, proxy: ProxyServer, target: string): Error {
  const status = readProxyStatus(error)
  if (status !== undefined) return describeRefusal(proxy, target, { status, cause: error })
  const code = 'code' in error ? String(error.code) : ''
  const name = `The proxy ${proxy.address} (${proxy.setting})`
  if (UNREACHABLE.has(code)) {
    const hint = `Check ${proxy.setting} and the network between this process and the proxy.`
    return new ProxyError(`${name} cannot be reached: ${code}`, hint, { cause: error })
  }
  if (code === 'UND_ERR_PRX_CONN') {
    const hint = `Check that ${proxy.setting} names an HTTP proxy that allows CONNECT to ${target}.`
    return new ProxyError(`${name} closed the connection`, hint, { cause: error })
  }
  if (LOST.has(code)) {
    const hint = `Check that the proxy allows requests to ${target}.`
    return new ProxyError(`${name} lost the connection to ${target}: ${code}`, hint, {
      cause: error,
    })
  }
  if (isUntrustedCa(error)) {
    const message = `${name} returned a certificate for ${target} of an unknown CA (${code})`
    return new ProxyError(message, UNTRUSTED_CA_HINT, { cause: error })
  }
  if (proxy.url.startsWith('https:') && PROXY_TLS.has(code)) {
    const hint = `Check the scheme and host of ${proxy.setting}: most proxies are reached by http://, for https targets too.`
    return new ProxyError(`${name} failed in TLS: ${code}`, hint, { cause: error })
  }
  return error
}

/** The status of the refusal by the proxy. undici has it only in its error messages. */
function readProxyStatus({ message }: Error): number | undefined {
  const [, tunnel, forward] =
    /^Proxy response \((\d+)\) !== 200|^Proxy Authentication Required \((407)\)/.exec(message) ?? []
  const text = tunnel ?? forward
  return text === undefined ? undefined : Number(text)
}

function describeRefusal(
  { address, setting, hasCredentials }: ProxyServer,
  target: string,
  options: { status: number; cause: Error },
): ProxyError {
  const { status } = options
  const name = `The proxy ${address} (${setting})`
  if (status === 407) {
    return hasCredentials
      ? new ProxyError(
          `${name} refused its user and password (407)`,
          `Check user and password in ${setting}. ${SCHEMES}`,
          options,
        )
      : new ProxyError(
          `${name} requires a user and password (407)`,
          `Write USER:PASSWORD@ before the host in ${setting}. ${SCHEMES}`,
          options,
        )
  }
  const without = `add ${removePort(target)} to NO_PROXY if it is reached without the proxy`
  if (status >= 500) {
    const hint = `Check that the proxy can reach ${target}, or ${without}.`
    return new ProxyError(`${name} cannot reach ${target} (${status})`, hint, options)
  }
  const hint = `Have the proxy allow CONNECT to ${target}, or ${without}.`
  return new ProxyError(`${name} refused to connect to ${target} (${status})`, hint, options)
}

function removePort(target: string): string {
  return target.replace(/:\d+$/, '')
}
