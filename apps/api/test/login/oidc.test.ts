import { expect, test } from 'vitest'
import { parseGroupRoles } from '../../src/oidc/group-roles.ts'
import { cookieAttributes } from '../support/cookie-attributes.ts'
import { createLoginBrowser, type LoginBrowser } from '../support/login-browser.ts'
import { startOddIssuer } from '../support/odd-issuer.ts'
import { ADMIN_TOKEN, startOidcRig } from '../support/oidc-rig.ts'
import { createOidcSettings } from '../support/oidc-settings.ts'
import { startOidcProvider } from '../support/start-oidc-provider.ts'

interface Rig {
  publicUrl: string
}

const start = (rig: Rig, next = '/capstan/api/v1/session'): string =>
  `${rig.publicUrl}/api/v1/session/oidc?next=${encodeURIComponent(next)}`

/** Logs in, and returns what GET /session reports. */
async function logIn(rig: Rig, browser: LoginBrowser = createLoginBrowser()): Promise<unknown> {
  const { text, response } = await browser.open(start(rig))
  expect(response.status, text).toBe(200)
  return JSON.parse(text)
}

test('a user of a certified provider logs in with the role of the group, and logs out', async () => {
  const provider = await startOidcProvider()
  const rig = await startOidcRig({ issuer: provider.url, scopes: 'openid profile groups' })
  provider.redirectUri(`${rig.publicUrl}/api/v1/session/oidc/callback`)
  provider.user = { sub: 'u-1', preferred_username: 'ada', groups: ['sre', 'others'] }
  const browser = createLoginBrowser()
  const { text, visited } = await browser.open(start(rig, '/capstan/api/v1/session'))
  expect(JSON.parse(text)).toMatchObject({
    name: 'oidc:ada',
    role: 'operator',
    method: 'oidc',
    login: ['token', 'oidc'],
  })
  expect(visited.some((url) => url.startsWith(`${provider.url}/auth?`))).toBe(true)
  const headers = { cookie: browser.cookies(rig.publicUrl), 'sec-fetch-site': 'same-origin' }
  expect((await rig.ask('/queues', { headers })).status).toBe(200)
  expect((await rig.ask('/api/v1/audit', { headers })).status).toBe(403)
  const logout = await rig.ask('/api/v1/session', { method: 'DELETE', headers })
  expect(logout.status).toBe(204)
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(401)
})

test('the login uses the code flow with PKCE, state and nonce, and its cookie is Lax for ten minutes', async () => {
  const issuer = await startOddIssuer()
  const rig = await startOidcRig({ issuer: issuer.url })
  const response = await fetch(start(rig), { redirect: 'manual' })
  expect(response.status).toBe(302)
  const url = new URL(response.headers.get('location') ?? '')
  expect(url.origin).toBe(issuer.url)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'capstan',
    code_challenge_method: 'S256',
    redirect_uri: `${rig.publicUrl}/api/v1/session/oidc/callback`,
    scope: 'openid profile email',
  })
  for (const name of ['state', 'nonce', 'code_challenge']) {
    expect(url.searchParams.get(name)).toMatch(/^[\w-]{43}$/)
  }
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^capstan-login=/)
  expect(cookieAttributes(cookie)).toEqual(['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax'])
  for (const name of ['state', 'nonce', 'code_challenge']) {
    expect(cookie).not.toContain(url.searchParams.get(name))
  }
})

test('the callback answers a page with a refresh and no script, and sets a strict cookie', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const first = await fetch(start(rig, '/capstan/queues?a=1&b="'), { redirect: 'manual' })
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const atIssuer = await fetch(first.headers.get('location') ?? '', { redirect: 'manual' })
  const callback = await fetch(atIssuer.headers.get('location') ?? '', {
    redirect: 'manual',
    headers: { cookie },
  })
  expect(callback.status).toBe(200)
  expect(callback.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(callback.headers.get('referrer-policy')).toBe('no-referrer')
  expect(callback.headers.get('cache-control')).toBe('no-store')
  const text = await callback.text()
  expect(text).toContain('content="0; url=/capstan/queues?a=1&amp;b=&quot;"')
  expect(text).not.toContain('<script')
  const cookies = callback.headers.getSetCookie()
  expect(cookies).toEqual([
    expect.stringMatching(/^capstan-login=;.*Max-Age=0/),
    expect.stringMatching(/^capstan=[\w-]{43};.*SameSite=Strict/),
  ])
})

test.each([
  ['https://evil.example/'],
  ['//evil.example/'],
  ['/\\evil.example'],
  ['/capstan/../evil'],
  ['/other/path'],
  ['/capstan/\t/evil.example'],
  ['javascript:alert(1)'],
  ['/capstan/ui/login?next=/capstan/ui/login'],
])('a login with the next page %j ends at the start page', async (next) => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const { visited } = await createLoginBrowser().open(start(rig, next))
  const callback = visited.findIndex((url) => url.includes('/oidc/callback?'))
  expect(visited[callback + 1]).toBe(`${rig.publicUrl}/`)
})

test.each([
  ['a list in the id token, without userinfo', { idClaims: { groups: ['sre'] } }, 'groups'],
  ['one text', { idClaims: { groups: 'sre' } }, 'groups'],
  ['only in userinfo', { userInfo: { groups: ['other', 'sre'] } }, 'groups'],
  ['in both', { idClaims: { groups: ['other'] }, userInfo: { groups: ['sre'] } }, 'groups'],
  [
    'another claim',
    { idClaims: { 'https://x.example/roles': ['sre'] } },
    'https://x.example/roles',
  ],
  ['a nested claim', { idClaims: { realm_access: { roles: ['sre'] } } }, 'realm_access.roles'],
  ['keys of an object', { idClaims: { roles: { sre: { org: '1' } } } }, 'roles'],
])('groups are read from %s', async (_, behavior, groupsClaim) => {
  const issuer = await startOddIssuer(behavior)
  const rig = await startOidcRig({ issuer: issuer.url, groupsClaim })
  expect(await logIn(rig)).toMatchObject({ role: 'operator' })
})

test('the highest role of all groups counts, and `*` contains every user', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre', 'platform'], name: 'Ada' } })
  const rig = await startOidcRig({
    issuer: issuer.url,
    roles: parseGroupRoles('{"sre":"operator","platform":"admin","*":"viewer"}'),
  })
  expect(await logIn(rig)).toMatchObject({ role: 'admin', name: 'oidc:Ada' })
  issuer.behavior = { idClaims: { email: 'bob@x.example' } }
  expect(await logIn(rig)).toMatchObject({ role: 'viewer', name: 'oidc:bob@x.example' })
})

test('a user without a role gets 403 with the names of the groups, and no session', async () => {
  const groups = ['staff', '<b>x</b>']
  const issuer = await startOddIssuer({ idClaims: { groups, preferred_username: 'eve' } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  const { response, text } = await browser.open(start(rig))
  expect(response.status).toBe(403)
  expect(text).toContain('eve has no role')
  expect(text).toContain('staff, &lt;b&gt;x&lt;/b&gt;')
  expect(text).toContain('CAPSTAN_OIDC_ROLES')
  expect(browser.cookies(rig.publicUrl)).toBe('')
})

const seconds = (offset: number): number => Math.floor(Date.now() / 1_000) + offset

test.each([
  ['another issuer', { idClaims: { iss: 'https://evil.example' } }, 'iss'],
  ['another audience', { idClaims: { aud: 'other' } }, 'aud'],
  ['another nonce', { idClaims: { nonce: 'other' } }, 'nonce'],
  ['no nonce', { idClaims: { nonce: undefined } }, 'nonce'],
  ['an expiry in the past', { idClaims: { exp: seconds(-3_600) } }, 'expired'],
  ['an issue time in the future', { idClaims: { nbf: seconds(3_600) } }, 'clocks'],
  ['a foreign signature', { hasForeignKey: true }, 'signature'],
  ['no id token', { hasNoIdToken: true }, 'id_token'],
  ['a denial', { deny: { error: 'access_denied', error_description: 'no <b>' } }, 'access_denied'],
])('a login with %s is refused without a session', async (_, behavior, reason) => {
  const issuer = await startOddIssuer({ ...behavior })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  const { response, text } = await browser.open(start(rig))
  expect(response.status).toBe(401)
  expect(text).toContain('Login failed')
  expect(text).toContain(reason)
  expect(text).not.toContain('<b>')
  expect(text).toContain('href="/capstan/ui/login"')
  expect(browser.cookies(rig.publicUrl)).toBe('')
})

test('clocks of issuer and server may differ by 20 s', async () => {
  const issuer = await startOddIssuer()
  const rig = await startOidcRig({ issuer: issuer.url, roles: parseGroupRoles('*=viewer') })
  issuer.behavior = { idClaims: { exp: seconds(-20), iat: seconds(-320) } }
  expect(await logIn(rig)).toMatchObject({ role: 'viewer' })
  issuer.behavior = { idClaims: { iat: seconds(20), nbf: seconds(20), exp: seconds(320) } }
  expect(await logIn(rig)).toMatchObject({ role: 'viewer' })
})

test('a callback without the cookie of its login is refused, and a callback cannot be repeated', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  const { visited } = await browser.open(start(rig))
  const callback = visited.find((url) => url.includes('/oidc/callback?')) ?? ''
  const another = createLoginBrowser()
  expect((await another.open(callback)).response.status).toBe(401)
  // The cookie of another login: its state differs.
  await fetch(start(rig), { redirect: 'manual' }).then((response) => {
    const [name = '', value = ''] = (response.headers.getSetCookie()[0]?.split(';')[0] ?? '').split(
      /=(.*)/,
    )
    another.setCookie(rig.publicUrl, name, value)
  })
  const mixed = await another.open(callback)
  expect(mixed.response.status).toBe(401)
  expect(another.cookies(rig.publicUrl)).toBe('')
  const forged = createLoginBrowser()
  forged.setCookie(rig.publicUrl, 'capstan-login', 'x.y')
  expect((await forged.open(callback)).response.status).toBe(401)
})

test('the API starts while the issuer is down, and logs in once it answers', async () => {
  const first = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const { url } = first
  await first.close()
  const rig = await startOidcRig({ issuer: url })
  expect((await rig.ask('/readyz')).status).toBe(200)
  const { response, text } = await createLoginBrowser().open(start(rig))
  expect(response.status).toBe(502)
  expect(text).toContain('does not answer')
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(200)
  await startOddIssuer(first.behavior, Number(new URL(url).port))
  expect(await logIn(rig)).toMatchObject({ role: 'operator' })
})

test('an issuer that fails during a login is unavailable, not a failed login', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const first = await fetch(start(rig), { redirect: 'manual' })
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const atIssuer = await fetch(first.headers.get('location') ?? '', { redirect: 'manual' })
  issuer.behavior = { failsWith: 503 }
  const callback = await fetch(atIssuer.headers.get('location') ?? '', { headers: { cookie } })
  expect(callback.status).toBe(502)
  const page = await rig.ask('/api/v1/audit', {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect(await page.json()).toMatchObject({ data: [] })
})

test('a login ends the session that the browser had, whose cookie the issuer does not bring back', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  await logIn(rig, browser)
  const first = { cookie: browser.cookies(rig.publicUrl) }
  await logIn(rig, browser)
  expect(browser.cookies(rig.publicUrl)).not.toBe(first.cookie)
  expect((await rig.ask('/api/v1/session', { headers: first })).status).toBe(401)
})

test('a session ends when the mapping no longer gives its groups the role', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] } })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  await logIn(rig, browser)
  const headers = { cookie: browser.cookies(rig.publicUrl) }
  const same = { redis: rig.redis }
  const kept = await startOidcRig({ issuer: issuer.url, roles: parseGroupRoles('sre=admin') }, same)
  expect((await kept.ask('/api/v1/session', { headers })).status).toBe(200)
  const changed = await startOidcRig(
    { issuer: issuer.url, roles: parseGroupRoles('sre=viewer') },
    same,
  )
  expect((await changed.ask('/api/v1/session', { headers })).status).toBe(401)
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(401)
})

test('an issuer without tokens guards the server, and the audit names user and subject', async () => {
  const issuer = await startOddIssuer({
    idClaims: { groups: ['platform'], email: 'ada@x.example' },
  })
  const rig = await startOidcRig({ issuer: issuer.url }, { tokens: [] })
  const denied = await rig.ask('/api/v1/scans')
  expect(denied.status).toBe(401)
  expect(await denied.json()).toMatchObject({ login: ['oidc'] })
  expect((await rig.ask('/api/v1/session', { json: { token: 'a-token-of-no-one' } })).status).toBe(
    401,
  )
  const browser = createLoginBrowser()
  const { text } = await browser.open(start(rig, '/capstan/api/v1/audit'))
  expect(JSON.parse(text)).toMatchObject({
    data: [
      { action: 'session.started', principal: 'oidc:ada@x.example', detail: 'subject user-1' },
      { action: 'login.failed', principal: null },
    ],
  })
})

test('no code, token or secret of a login appears in logs or Redis', async () => {
  const issuer = await startOddIssuer({ idClaims: { groups: ['sre'] }, userInfo: {} })
  const rig = await startOidcRig({ issuer: issuer.url })
  const browser = createLoginBrowser()
  await logIn(rig, browser)
  issuer.behavior = { hasForeignKey: true }
  await createLoginBrowser().open(start(rig))
  issuer.behavior = { idClaims: { nonce: 'other' } }
  await createLoginBrowser().open(start(rig))
  const sessionId = browser.cookies(rig.publicUrl).split('=')[1] ?? 'none'
  const secrets = [sessionId, String(createOidcSettings().clientSecret), ...issuer.issued]
  expect(secrets.length).toBeGreaterThan(10)
  expect(issuer.tokenRequests[0]?.get('client_secret')).toBe(createOidcSettings().clientSecret)
  const { redis, keys } = rig.deps
  const stored = await Promise.all(
    (await redis.keys(`${keys.prefix}*`)).map(
      async (key) => `${key} ${String(await redis.dumpBuffer(key))}`,
    ),
  )
  expect(rig.logged()).toContain('a login at the issuer failed')
  for (const secret of secrets) {
    expect(rig.logged()).not.toContain(secret)
    for (const text of stored) expect(text).not.toContain(secret)
  }
})
