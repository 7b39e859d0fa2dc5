import { expect, test } from 'vitest'
import { includesRole, ROLES, SCOPE_BY_ROLE } from '@capstan/shared/contract/login/role'
import { findRouteAccess } from '../../src/access/find-route-access.ts'
import { ROUTE_ROLES } from '../../src/access/route-roles.ts'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { logIn } from '../support/log-in.ts'
import { createOidcSettings } from '../support/oidc-settings.ts'
import { routeTable, type RouteEntry } from '../support/route-table.ts'

const TOKEN_BY_ROLE = {
  viewer: 'viewer-token-0123456789abcdef',
  operator: 'operator-token-0123456789abc',
  admin: 'admin-token-0123456789abcdef',
}
const TOKENS = parseTokens(
  `v:read:${TOKEN_BY_ROLE.viewer},o:scan:${TOKEN_BY_ROLE.operator},a:admin:${TOKEN_BY_ROLE.admin}`,
)

/** A server with every optional route. */
function startWholeRig(): Promise<ApiRig> {
  return startRig({
    tokens: TOKENS,
    compat: 'dot-ai',
    oidc: createOidcSettings({ issuer: 'http://127.0.0.1:1' }),
    postsPerMinute: 10_000,
  })
}

/** Last, because they end the session that asks. */
function listRoutes(rig: ApiRig): RouteEntry[] {
  const endsSession = ({ method, pattern }: RouteEntry): boolean =>
    method === 'DELETE' && pattern === '/api/v1/session'
  const routes = routeTable(rig.app)
  return [...routes.filter((one) => !endsSession(one)), ...routes.filter(endsSession)]
}

test('every route rejects callers without a login, unless the table lists it as open', async () => {
  const rig = await startWholeRig()
  const routes = listRoutes(rig)
  expect(routes.length).toBeGreaterThan(100)
  const wrong = ['', 'Bearer ', 'Bearer wrong-token-0123456789', `Token ${TOKEN_BY_ROLE.admin}`]
  for (const { method, path, pattern } of routes) {
    const isOpen = findRouteAccess(method, pattern) === 'open'
    for (const authorization of wrong) {
      const headers = authorization === '' ? {} : { authorization }
      const { status, headers: sent } = await rig.ask(path, { method, headers })
      const label = `${method} ${pattern} with "${authorization}"`
      // An open route may answer 401 itself, such as to a login that failed.
      if (isOpen) expect(sent.get('www-authenticate'), label).toBeNull()
      else expect(status, label).toBe(401)
      if (isOpen) expect(status, label).not.toBe(403)
      else expect(sent.get('www-authenticate'), label).toContain('Bearer')
    }
  }
})

test.each(ROLES)(
  'every route serves a token and a session of the role %s exactly if the table permits it',
  async (role) => {
    const rig = await startWholeRig()
    const token = { authorization: `Bearer ${TOKEN_BY_ROLE[role]}` }
    for (const headers of [token, await logIn(rig, TOKEN_BY_ROLE[role])]) {
      for (const { method, path, pattern } of listRoutes(rig)) {
        const access = findRouteAccess(method, pattern)
        const response = await rig.ask(path, { method, headers })
        const label = `${method} ${pattern} as ${role}`
        if (access !== 'open' && !includesRole(role, access)) {
          expect(response.status, label).toBe(403)
          if (method === 'HEAD') continue
          const problem: unknown = await response.json()
          if (!pattern.startsWith('/api/v1/tools')) {
            expect(problem, label).toMatchObject({ code: 'FORBIDDEN', requiredRole: access })
          }
        } else {
          expect(response.headers.get('www-authenticate'), label).toBeNull()
          // Bull Board itself forbids details of Redis.
          const text = response.status === 403 ? await response.text() : ''
          expect(text, label).not.toContain('requiredRole')
          if (response.status !== 403) await response.body?.cancel()
        }
      }
    }
  },
)

test('the table lists every operation of openapi.json and no route that does not exist', async () => {
  const rig = await startWholeRig()
  const headers = { authorization: `Bearer ${TOKEN_BY_ROLE.viewer}` }
  const document = (await (await rig.ask('/openapi.json', { headers })).json()) as {
    paths: Record<string, Record<string, { security?: Record<string, string[]>[] }>>
  }
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1')
      const access = findRouteAccess(method.toUpperCase(), pattern)
      const scopes = access === 'open' ? [] : [SCOPE_BY_ROLE[access]]
      const documented = access === 'open' ? [] : [{ token: scopes }, { session: scopes }]
      expect(operation.security, `${method} ${path}`).toEqual(documented)
    }
  }
  const registered = routeTable(rig.app).map(({ method, pattern }) => `${method} ${pattern}`)
  const unused = Object.keys(ROUTE_ROLES).filter((key) => {
    const [method = '', pattern = ''] = key.split(' ')
    const isSubtree = pattern.endsWith('*')
    return isSubtree
      ? !registered.some((one) => one.includes(` ${pattern.slice(0, -1)}`))
      : !registered.includes(`${method} ${pattern}`)
  })
  expect(unused).toEqual([])
})

test('a route that the table does not list stops the start', async () => {
  const rig = await startRig()
  expect(() => findRouteAccess('GET', '/api/v1/unlisted')).toThrow('has no entry')
  expect(() => findRouteAccess('POST', '/livez')).toThrow('has no entry')
  expect(() => findRouteAccess('GET', '/queuesx')).toThrow('has no entry')
  expect(rig.app.server.listening).toBe(true)
})
