import type { Dispatcher } from 'undici'
import type { UserEntry } from './kubeconfig-file.ts'

/** Headers with any number of lines each: a group may hold a comma, so lines must not be joined. */
export type HeaderLines = Record<string, string | string[]>

const LEGAL_IN_NAME = /[\w!#$&'*+.^`|~-]/

/** What an API server reads to act as another user, group, uid and extra. Empty without `as`. */
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

/** A dispatcher that adds these headers to each request. `fetch` itself joins the lines of one name. */
export function withHeaders(dispatcher: Dispatcher, headers: HeaderLines): Dispatcher {
  if (Object.keys(headers).length === 0) return dispatcher
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch({ ...options, headers: { ...toRecord(options.headers), ...headers } }, handler),
  )
}

/** `fetch` gives an object, and nothing else sends requests through here. */
function toRecord(headers: Dispatcher.DispatchOptions['headers']): HeaderLines {
  if (headers === undefined || headers === null) return {}
  if (Array.isArray(headers) || Symbol.iterator in headers) {
    throw new Error('headers of an unexpected form')
  }
  return headers as HeaderLines // Type narrowing leaves a type of Node with undefined values.
}

/** As client-go: bytes that no header name may hold are percent-encoded, and so is the percent sign. */
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

/** Header values are bytes; Node takes each character for one. */
function encodeValue(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}
