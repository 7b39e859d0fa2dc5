import { z } from 'zod'

/** Custom request headers by name in lower case. Their values are secrets. */
export type RequestHeaders = Record<string, string>

const MAX_HEADERS = 32
const MAX_LENGTH = 8_192
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
/** Valid header values in HTTP and fetch: printable characters of Latin-1, and tabs. */
const VALUE = /^[\t\u0020-\u007E\u00A0-\u00FF]+$/
/** Headers that HTTP or the SDK sets for each call. Another value breaks the call. */
const RESERVED = new Set(
  'accept-encoding connection content-encoding content-length content-type expect host keep-alive proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
)

/** Schema of headers as a JSON object. Faults name the header and never its value. */
export const HeaderRecord = z
  .record(z.string(), z.unknown())
  .transform((headers, context): RequestHeaders => {
    const read: [string, string][] = []
    for (const [name, value] of Object.entries(headers)) {
      const fault = checkHeader(name, value, new Set(read.map(([known]) => known)))
      if (fault === undefined) read.push([name.toLowerCase(), String(value).trim()])
      else context.addIssue({ code: 'custom', message: fault })
    }
    if (read.length > MAX_HEADERS) {
      context.addIssue({ code: 'custom', message: `has more than ${MAX_HEADERS} headers` })
    }
    return Object.fromEntries(read)
  })
  .pipe(z.record(z.string(), z.string()))

/** Schema of custom headers as a JSON object, or as lines of `Name: value`. */
export const HeadersText = z
  .string()
  .transform((text, context): unknown => {
    const read = text.trim().startsWith('{') ? fromJson(text) : fromLines(text)
    if (typeof read !== 'string') return read
    context.addIssue({ code: 'custom', message: read })
    return z.NEVER
  })
  .pipe(HeaderRecord)

function checkHeader(name: string, value: unknown, known: Set<string>): string | undefined {
  // Faults quote a name only after this check, because it may contain a secret.
  if (!NAME.test(name)) return 'has a name that is not a valid HTTP header name'
  const lower = name.toLowerCase()
  if (known.has(lower)) return `names ${name} twice`
  if (RESERVED.has(lower)) return `names ${name}, which is set for each call and cannot be replaced`
  if (typeof value !== 'string') return `${name} is not a text`
  if (value.trim() === '') return `${name} is empty`
  if (value.length > MAX_LENGTH) return `${name} is longer than ${MAX_LENGTH} characters`
  if (VALUE.test(value.trim())) return undefined
  return `${name} holds a line break, a control character or a character that headers cannot hold`
}

/** Returns the object, or a fault. For duplicate names JSON.parse keeps the last value. */
function fromJson(text: string): object | string {
  try {
    return Object(JSON.parse(text))
  } catch {
    return 'is not a JSON object'
  }
}

function fromLines(text: string): object | string {
  const headers: [string, string][] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue
    const colon = line.indexOf(':')
    if (colon < 1) return 'is neither a JSON object nor lines of `Name: value`'
    headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
  }
  const names = headers.map(([name]) => name.toLowerCase())
  if (new Set(names).size < names.length) return 'names a header twice'
  return Object.fromEntries(headers)
}

/** The secrets in custom headers: each value, the credential after its scheme, and the decoded Basic credential. */
export function listHeaderSecrets(headers: RequestHeaders): string[] {
  return Object.values(headers).flatMap((value) => {
    const [, scheme, credential] = /^(basic|bearer|token|apikey|digest) +(\S+)$/i.exec(value) ?? []
    if (scheme === undefined || credential === undefined) return [value]
    if (scheme.toLowerCase() !== 'basic') return [value, credential]
    const decoded = Buffer.from(credential, 'base64').toString()
    return [value, credential, decoded, decoded.slice(decoded.indexOf(':') + 1)]
  })
}
