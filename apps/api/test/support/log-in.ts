import { expect } from 'vitest'
import type { ApiRig } from './api-rig.ts'

/** Headers of a page of this server that uses the cookie of a session. */
export interface PageHeaders extends Record<string, string> {
  cookie: string
  'sec-fetch-site': string
}

/** Logs in with a token. Returns the headers of a page with the session. */
export async function logIn(
  rig: Pick<ApiRig, 'ask'>,
  token: string,
  headers: Record<string, string> = {},
): Promise<PageHeaders> {
  const response = await rig.ask('/api/v1/session', { json: { token }, headers })
  expect(response.status, await response.text()).toBe(204)
  return { cookie: readCookie(response), 'sec-fetch-site': 'same-origin' }
}

/** Returns name and value of the first cookie that a response sets. */
export function readCookie(response: Response, name = ''): string {
  const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
  return cookies.find((one) => one.startsWith(name)) ?? ''
}
