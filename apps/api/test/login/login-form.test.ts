import { expect, test } from 'vitest'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { readCookie } from '../support/log-in.ts'
import { createOidcSettings } from '../support/oidc-settings.ts'

const OPERATOR = 'operator-token-0123456789abc'
const TOKENS = parseTokens(`ops:scan:${OPERATOR}`)
const PAGE = { accept: 'text/html', 'sec-fetch-site': 'same-origin' }

/** A server with logins whose dashboard could not be built. */
const startAbsent = (options: RigOptions = {}): Promise<ApiRig> =>
  startRig({
    tokens: TOKENS,
    dashboard: { state: () => ({ status: 'absent', because: 'no disk space' }) },
    ...options,
  })

function sendForm(
  rig: ApiRig,
  fields: Record<string, string>,
  headers: Record<string, string> = PAGE,
): Promise<Response> {
  return rig.ask('/ui/login', {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })
}

test.each(['/ui/', '/ui/scans?status=failed'])(
  'without a dashboard %s is a login form that loads and runs nothing',
  async (path) => {
    const rig = await startAbsent()
    const response = await rig.ask(path, { headers: PAGE })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('same-origin')
    expect(text).toContain(`name="next" value="${path}"`)
    expect(text).toContain('<form method="post" action="/ui/login">')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('session/oidc')
  },
)

test('Bull Board leads a browser without a session to the form, and a program to a problem', async () => {
  const rig = await startAbsent()
  const asked = await rig.ask('/queues/', { headers: PAGE, redirect: 'manual' })
  expect(asked.headers.get('location')).toBe('/ui/login?next=%2Fqueues%2F')
  const form = await rig.ask('/ui/login?next=%2Fqueues%2F', { headers: PAGE })
  expect(await form.text()).toContain('name="next" value="/queues/"')
  const program = await rig.ask('/queues/')
  expect(program.status).toBe(401)
  expect(program.headers.get('content-type')).toContain('application/problem+json')
})

test('a form with a token starts a session and opens the asked page; the page without a dashboard follows', async () => {
  const rig = await startAbsent()
  const response = await sendForm(rig, { token: OPERATOR, next: '/queues/' })
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('content="0; url=/queues/"')
  const headers = { ...PAGE, cookie: readCookie(response) }
  expect(await (await rig.ask('/api/v1/session', { headers })).json()).toMatchObject({
    name: 'token:ops',
    method: 'token',
  })
  expect((await rig.ask('/queues/', { headers })).status).toBe(200)
  const page = await rig.ask('/ui/', { headers })
  expect(page.status).toBe(503)
  expect(await page.text()).toContain('no disk space')
})

test('a wrong, absent or oversized token shows the form again without repeating the token', async () => {
  const rig = await startAbsent()
  const wrong = await sendForm(rig, { token: 'canary-<b>token</b>', next: '/queues/' })
  const text = await wrong.text()
  expect(wrong.status).toBe(401)
  expect(text).toContain('The token is unknown')
  expect(text).toContain('name="next" value="/queues/"')
  expect(text).not.toContain('canary')
  expect(wrong.headers.getSetCookie()).toEqual([])
  expect((await sendForm(rig, {})).status).toBe(401)
  const long = await sendForm(rig, { token: 'x'.repeat(10_000) })
  expect(long.status).toBe(413)
  expect(await long.text()).toContain('<form')
  const json = await rig.ask('/ui/login', { json: { token: OPERATOR }, headers: PAGE })
  expect(json.status).toBe(415)
  expect(json.headers.getSetCookie()).toEqual([])
})

test.each([
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: 'http://sub.127.0.0.1' },
  { origin: 'null' },
])('a form from a page of another site is refused: %j', async (headers) => {
  const rig = await startAbsent()
  const response = await sendForm(rig, { token: OPERATOR, next: '/queues/' }, headers)
  expect(response.status).toBe(403)
  expect(response.headers.getSetCookie()).toEqual([])
  expect(await response.text()).toContain('Pages of other sites may not send changes')
})

test.each(['https://evil.example/', '//evil.example/', '/ui/login', '/\\evil.example', 'x"><b>'])(
  'the form opens the start page instead of %s',
  async (next) => {
    const rig = await startAbsent()
    const response = await sendForm(rig, { token: OPERATOR, next })
    expect(await response.text()).toContain('content="0; url=/"')
  },
)

test('below a path prefix form, issuer link and next page have the prefix', async () => {
  const rig = await startAbsent({
    links: { publicUrl: 'https://tools.example.com/capstan' },
    oidc: createOidcSettings({ issuer: 'http://127.0.0.1:1' }),
  })
  const text = await (await rig.ask('/capstan/ui/scans', { headers: PAGE })).text()
  expect(text).toContain('action="/capstan/ui/login"')
  expect(text).toContain('name="next" value="/capstan/ui/scans"')
  expect(text).toContain('href="/capstan/api/v1/session/oidc?next=%2Fcapstan%2Fui%2Fscans"')
})

test('without logins there is no form', async () => {
  const rig = await startAbsent({ tokens: [] })
  expect((await rig.ask('/ui/')).status).toBe(503)
})
