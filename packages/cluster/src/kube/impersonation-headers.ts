import type { Dispatcher } from 'undici'
import type { UserEntry } from './kubeconfig-file.ts'

/** Headers with one or more lines each. Lines must not be joined, because a group can contain a comma. */
export type HeaderLines = Record<string, string | string[]>

const LEGAL_IN_NAME = /[\w!#$&'*+.^`|~-]/

/** Impersonation headers (user, groups, uid, extra) of a kubeconfig user. Empty without `as`. */
export function readImpersonation(user: UserEntry): HeaderLines {
  if (!user.as) return {}
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(([key, values]) => [
    `Impersonate-Extra-${encodeKey(key)}`,
    (values ?? []).map(encodeValue),
  ])
  return {
    'Impersonate-User': encodeValue(user.as),
    ...(user['as-uid'] ? { 'Impersonate-Uid': encodeValue(user['as-uid']) } : {}),
    ...(user['as-groups']?.length
      ? { 'Impersonate-Group': user['as-groups'].map(encodeValue) }
      : {}),
    ...Object.fromEntries(extra),
  }
}

/** Adds headers to each request of a dispatcher, because `fetch` joins the lines of a header. */
export function withHeaders(dispatcher: Dispatcher, headers: HeaderLines): Dispatcher {
  if (Object.keys(headers).length === 0) return dispatcher
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch({ ...options, headers: { ...toRecord(options.headers), ...headers } }, handler),
  )
}

/** Only `fetch` sends requests through this dispatcher, with headers as an object. */
function toRecord(headers: Dispatcher.DispatchOptions['headers']): HeaderLines {
  if (headers === undefined || headers === null) return {}
  if (Array.isArray(headers) || Symbol.iterator in headers) {
    throw new Error('headers of an unexpected form')
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value : String(value)]],
    ),
  )
}

/** Like client-go: percent-encodes bytes that are invalid in a header name, and the percent sign. */
function encodeKey(key: string): string {
  return [...new TextEncoder().encode(key)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return byte < 0x80 && LEGAL_IN_NAME.test(letter)
        ? letter
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
    })
    .join('')
}

/** Header values are bytes; Node.js writes each character as one byte. */
function encodeValue(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}
