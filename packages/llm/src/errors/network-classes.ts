import { combinePatterns } from './combine-patterns.ts'
import type { EndpointDescription } from './endpoint-description.ts'
import type { CallFailure } from './call-failure.ts'
import type { FaultClass } from './fault-class.ts'

const WRONG_PROTOCOL = combinePatterns(
  /wrong_version_number/,
  /err_ssl_packet_length/,
  /eproto/,
  /hpe_invalid/,
  /http_parse/,
  /expected http/,
  /plain http request was sent to https/,
  /http request to an https server/,
  /requires tls/,
)
const TLS = combinePatterns(
  /cert/,
  /self_signed/,
  /err_tls/,
  /err_ssl/,
  /unable_to_(?:verify|get_issuer)/,
)
const UNREACHABLE = combinePatterns(
  /econnrefused/,
  /enotfound/,
  /eai_again/,
  /ehostunreach/,
  /enetunreach/,
  /und_err_connect_timeout/,
  /etimedout/,
  /apiconnectiontimeouterror/,
  /bad port/,
  /includes credentials/,
  /unknown scheme/,
  /proxy/,
)

/** Classes of calls without a response, and of redirects. */
export const NETWORK_CLASSES: FaultClass[] = [
  {
    kind: 'moved',
    reason: 'provider_not_configured',
    policy: 'pause-scan',
    matches: ({ status, location }) => location !== undefined && (status === 301 || status === 308),
    title: 'has moved',
    hint: (endpoint, failure) => `Redirects are not followed. ${setUrl(endpoint, failure)}`,
  },
  {
    // A sign-in page, or a server under maintenance.
    kind: 'redirected',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ status = 0, form }) => form === 'none' && status >= 300 && status < 400,
    title: 'redirects the call',
    hint: (endpoint, failure) => `Redirects are not followed. ${setUrl(endpoint, failure)}`,
  },
  {
    kind: 'wrong_protocol',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ words, status }) =>
      (status === undefined || status === 400) && WRONG_PROTOCOL.test(words),
    title: 'uses another protocol',
    hint: ({ urlVariable, afterChange }, { url }) =>
      `Check http:// against https:// and the port of ${urlVariable}${formatRequestUrl(url)}; ${afterChange}.`,
    showsUrl: true,
  },
  {
    kind: 'tls',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ codes, status }) => status === undefined && TLS.test(codes),
    title: 'has an untrusted certificate',
    hint: ({ urlVariable, afterChange }) =>
      `Set NODE_EXTRA_CA_CERTS to the certificate of its CA, or check the host in ${urlVariable}; ${afterChange}.`,
    showsUrl: true,
  },
  {
    kind: 'unreachable',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ words, status }) => status === undefined && UNREACHABLE.test(words),
    title: 'cannot be reached',
    hint: ({ urlVariable, afterChange }, { url }) =>
      `Is the server running? Check ${urlVariable}${formatRequestUrl(url)} and the network to it; ${afterChange}.`,
    showsUrl: true,
  },
  {
    kind: 'connection_lost',
    reason: 'provider_error',
    policy: 'retry',
    matches: ({ status, form, codes }) =>
      status === undefined && form === 'none' && !/^(?:unreadable|answer_too_large)$/.test(codes),
    title: 'returned no usable answer',
    hint: ({ urlVariable }) =>
      `Check ${urlVariable} (http:// or https://?) and the network to the provider.`,
  },
]

function setUrl(
  { urlVariable, afterChange }: EndpointDescription,
  { location }: CallFailure,
): string {
  const where = location === undefined ? '' : `; it leads to ${location}`
  return `Set ${urlVariable} to the final URL${where}; ${afterChange}.`
}

function formatRequestUrl(url: string | undefined): string {
  return url === undefined ? '' : ` (request URL: ${url})`
}
