import { z } from 'zod'
import { endpointVendor, type ApiFormat } from './endpoint-vendor.ts'

/**
 * Schema of a base URL. Removes spaces, quotes, trailing slashes and the path of one call. All other unusable values are
 * faults that suggest a value, without user names and passwords. `names`: related settings, for the fault messages.
 */
export function baseUrlSetting(wire: ApiFormat, names: SettingNames = PLAIN_NAMES[wire]) {
  return z
    .string()
    .transform((text, context) => {
      const read = readBaseUrl(text, { wire, names })
      if ('url' in read) return read.url
      context.addIssue({ code: 'custom', message: read.fault })
      return z.NEVER
    })
    .pipe(z.url())
}

interface SettingNames {
  headers: string
  apiVersion: string
}

const PLAIN_NAMES: Record<ApiFormat, SettingNames> = {
  openai: { headers: 'OPENAI_HEADERS', apiVersion: 'OPENAI_API_VERSION' },
  anthropic: { headers: 'ANTHROPIC_HEADERS', apiVersion: 'OPENAI_API_VERSION' },
}

type Read = { url: string } | { fault: string }

interface Reading {
  wire: ApiFormat
  names: SettingNames
}

const LOCAL_HOST =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[|[^.:/]+([:/]|$)|[^:/]+\.(local|internal|lan|svc)([:/]|$))/i

function readBaseUrl(text: string, reading: Reading): Read {
  const clean = text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim()
  if (/\s/.test(clean)) return { fault: 'has a space or a line break inside' }
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(clean) ?? []
  if (scheme === undefined) return withoutScheme(clean)
  if (!/^https?$/i.test(scheme)) {
    return { fault: `has the scheme ${scheme}:; only http:// and https:// can be used` }
  }
  const [, second, address = ''] = /^(https?):?\/\/(.*)$/i.exec(rest) ?? []
  if (second !== undefined) {
    return { fault: `has two schemes${suggest(`${second}://${withoutSecrets(address)}`)}` }
  }
  if (!URL.canParse(clean))
    return { fault: `is not a URL; write it like ${EXAMPLES[reading.wire]}` }
  return checkParts(new URL(clean), reading)
}

const EXAMPLES: Record<ApiFormat, string> = {
  openai: 'http://localhost:11434/v1',
  anthropic: 'http://localhost:4000',
}

/** A parser reads `localhost:11434/v1` as a URL with the scheme `localhost:`, which is never intended. */
function withoutScheme(text: string): Read {
  const rest = withoutSecrets(text.replace(/^(https?:)?\/*/i, ''))
  const guess = `${LOCAL_HOST.test(rest) ? 'http' : 'https'}://${rest}`
  if (rest === '' || !URL.canParse(guess)) return { fault: 'is not a URL with http:// or https://' }
  return { fault: `has no http:// or https://${suggest(guess)}` }
}

/** Removes user name, password and query. */
function withoutSecrets(afterScheme: string): string {
  return afterScheme.replace(/^[^/]*@/, '').replace(/[?#].*$/, '')
}

function suggest(value: string): string {
  return `; set it to ${value}`
}

function checkParts(url: URL, { wire, names }: Reading): Read {
  if (url.username !== '' || url.password !== '') {
    const fault = `holds a user name or password, which would show wherever the URL does; take it out and set ${names.headers} to Authorization: Basic <base64 of user:password>`
    return { fault }
  }
  const version = url.searchParams.get('api-version')
  url.pathname = stripCallPath(url.pathname.replaceAll(/\/{2,}/g, '/'), wire)
  const wrongWire = checkWire(url, wire)
  if (wrongWire !== undefined) return { fault: wrongWire }
  if (url.search !== '' || url.hash !== '' || /[?#]$/.test(url.href)) {
    url.search = ''
    url.hash = ''
    const and = version === null ? '' : ` and ${names.apiVersion} to ${version.slice(0, 40)}`
    return { fault: `must have no ? or # part${suggest(plain(url))}${and}` }
  }
  return checkVendor(url, wire)
}

const CALLS: Record<ApiFormat, RegExp> = {
  openai: /\/(chat\/completions|completions|responses|embeddings|models)$/,
  // The SDK appends /v1/messages itself.
  anthropic: /(\/v1)?(\/(messages|complete|models))?$/,
}

function stripCallPath(path: string, wire: ApiFormat): string {
  return path.replace(/\/+$/, '').replace(CALLS[wire], '').replace(/\/+$/, '')
}

/** The path belongs to the other API format: the value is right, but not in this setting. */
function checkWire(url: URL, wire: ApiFormat): string | undefined {
  const other: ApiFormat = wire === 'openai' ? 'anthropic' : 'openai'
  const foreign = { openai: /\/messages$/, anthropic: /\/(chat\/completions|responses)$/ }[wire]
  if (!foreign.test(url.pathname)) return undefined
  const right = new URL(url.origin)
  right.pathname = stripCallPath(url.pathname, other)
  return `is a path of the API of ${other === 'openai' ? 'OpenAI' : 'Anthropic'}; set ${other.toUpperCase()}_BASE_URL to ${plain(right)}`
}

function checkVendor(url: URL, wire: ApiFormat): Read {
  const vendor = endpointVendor(url.href)
  if (vendor === undefined) return { url: plain(url) }
  if (url.protocol === 'http:') {
    url.protocol = 'https:'
    return { fault: `would send the key without TLS${suggest(plain(url))}` }
  }
  if (vendor === 'azure' && wire === 'openai') return checkAzure(url)
  if (vendor !== 'azure' && wire === 'openai' && url.pathname === '/') url.pathname = '/v1'
  return { url: plain(url) }
}

/** Valid: the path of a deployment, or the newer API, where each call names its deployment. */
function checkAzure(url: URL): Read {
  if (/\/deployments\/[^/]+$|\/v1$|^\/models$/.test(url.pathname)) return { url: plain(url) }
  const right = `${url.origin}/openai/v1`
  return {
    fault: `is no path of Azure OpenAI; set it to ${right} (and CAPSTAN_MODEL to the name of a deployment), or to ${url.origin}/openai/deployments/<deployment>`,
  }
}

/** Removes the trailing slash: the SDKs append paths with a leading slash. */
function plain(url: URL): string {
  return url.href.replace(/\/$/, '')
}
