import { expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const VALID = 'viewer-token-0123456789abcdef'
const TOKENS = parseTokens(`view:read:${VALID}`)

function attempt(rig: ApiRig, token: string, from?: string): Promise<Response> {
  const headers = from === undefined ? {} : { 'x-forwarded-for': from }
  return rig.ask('/api/v1/session', { json: { token }, headers })
}

test('the answers for all unknown tokens are equal', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const unknown = ['x', 'x'.repeat(900), `${VALID}x`, VALID.slice(1), VALID.toUpperCase(), '\u0000']
  const bodies = await Promise.all(
    unknown.map(async (token) => {
      const response = await attempt(rig, token)
      const { instance: _, ...problem } = (await response.json()) as Record<string, unknown>
      return { status: response.status, cookies: response.headers.getSetCookie(), problem }
    }),
  )
  for (const body of bodies) expect(body).toEqual(bodies[0])
  expect(bodies[0]).toMatchObject({ status: 401, cookies: [], problem: { code: 'UNAUTHORIZED' } })
})

test('failed logins of one address are limited on all replicas, and valid logins are not', async () => {
  const redis = testRedis()
  const links = { trustedProxies: 'loopback' }
  const rigs = [
    await startRig({ tokens: TOKENS, redis, links }),
    await startRig({ tokens: TOKENS, redis, links }),
  ] as const
  const attacker = '192.0.2.7'
  const statuses: number[] = []
  for (let count = 0; count < 12; count++) {
    statuses.push((await attempt(rigs[count % 2 === 0 ? 0 : 1], 'wrong', attacker)).status)
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  const limited = await attempt(rigs[0], 'wrong', attacker)
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await attempt(rigs[0], 'wrong', '192.0.2.8')).status).toBe(401)
  // Callers that share the address, such as behind a proxy, still log in.
  expect((await attempt(rigs[1], VALID, attacker)).status).toBe(204)
})

test('addresses of one IPv6 network count together', async () => {
  const rig = await startRig({ tokens: TOKENS, links: { trustedProxies: 'loopback' } })
  for (let host = 1; host <= 10; host++) {
    expect((await attempt(rig, 'wrong', `2001:db8:1:2::${host}`)).status).toBe(401)
  }
  expect((await attempt(rig, 'wrong', '2001:db8:1:2:ffff::1')).status).toBe(429)
  expect((await attempt(rig, 'wrong', '2001:db8:1:3::1')).status).toBe(401)
})

test('a client cannot choose its address without a trusted proxy', async () => {
  const rig = await startRig({ tokens: TOKENS })
  for (let host = 1; host <= 10; host++) await attempt(rig, 'wrong', `192.0.2.${host}`)
  expect((await attempt(rig, 'wrong', '192.0.2.99')).status).toBe(429)
})

test.each([{}, { token: '' }, { token: 1 }, { token: 'a', more: 1 }, { token: 'x'.repeat(2_000) }])(
  'the body %j is no login',
  async (json) => {
    const rig = await startRig({ tokens: TOKENS })
    const response = await rig.ask('/api/v1/session', { json })
    expect(response.status).toBe(400)
  },
)

test('a page of plain HTTP cannot log in, because its browser would not store the cookie', async () => {
  const rig = await startRig({ tokens: TOKENS, links: { publicUrl: 'http://capstan.example' } })
  const { request } = await import('node:http')
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) => {
    const headers = {
      host: 'capstan.example',
      origin: 'http://capstan.example',
      'content-type': 'application/json',
    }
    request(`${rig.url}/api/v1/session`, { method: 'POST', headers }, resolve).end(
      JSON.stringify({ token: VALID }),
    )
  })
  response.resume()
  expect(response.statusCode).toBe(403)
  expect(response.headers['set-cookie']).toBeUndefined()
})
