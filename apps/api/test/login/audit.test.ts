import { expect, test } from 'vitest'
import type { AuditEntry } from '@capstan/shared/contract/login/audit-entry'
import { parseTokens } from '../../src/access/tokens.ts'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { logIn } from '../support/log-in.ts'

const ADMIN = 'admin-token-0123456789abcdef'
const TOKENS = parseTokens(`boss:admin:${ADMIN}`)
const headers = { authorization: `Bearer ${ADMIN}` }

interface AuditPage {
  data: AuditEntry[]
  page: { limit: number; nextCursor: string | null }
}

async function readAudit(rig: ApiRig, query = ''): Promise<AuditPage> {
  const response = await rig.ask(`/api/v1/audit${query}`, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as AuditPage
}

test('the audit lists who changed what, newest first, with the id of the request', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const post = (path: string, json: unknown = {}): Promise<Response> =>
    rig.ask(`/api/v1${path}`, {
      json,
      headers: { ...headers, 'x-request-id': `r${path}`.replaceAll('/', '.') },
    })
  const started = (await (await post('/scans')).json()) as { id: string }
  await post('/scans')
  await post('/scans', { dryRun: true })
  await post(`/scans/${started.id}/cancel`)
  // A repeated request changes nothing.
  await post(`/scans/${started.id}/cancel`)
  await post('/queue/pause')
  await post('/queue/resume')
  await post('/providers/demo/resume')
  // Refused requests change nothing either.
  await post(`/scans/${started.id}/pause`)
  await post('/scans', { cluster: 'unknown' })
  const schedule = { method: 'PUT', body: JSON.stringify({ cron: '0 3 * * *', scan: {} }) }
  const json = { ...headers, 'content-type': 'application/json' }
  expect((await rig.ask('/api/v1/schedules/nightly', { ...schedule, headers: json })).status).toBe(
    201,
  )
  await rig.ask('/api/v1/schedules/nightly', { method: 'DELETE', headers })
  await rig.ask(`/api/v1/scans/${started.id}`, { method: 'DELETE', headers })
  const { data } = await readAudit(rig)
  expect(data.map(({ action, target }) => `${action} ${target}`)).toEqual([
    `scan.deleted ${started.id}`,
    'schedule.deleted nightly',
    'schedule.set nightly',
    'provider.resumed demo',
    'queues.resumed null',
    'queues.paused null',
    `scan.canceled ${started.id}`,
    `scan.joined ${started.id}`,
    `scan.started ${started.id}`,
  ])
  for (const entry of data) {
    expect(entry).toMatchObject({ principal: 'token:boss', role: 'admin', address: null })
  }
  expect(data.at(-1)?.requestId).toBe('r.scans')
})

test('the audit lists changes of the catalog', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ tokens: TOKENS, clusters })
  const { catalog } = rig.deps
  const json = { ...headers, 'content-type': 'application/json' }
  const row = await rig.ask('/api/v1/capabilities/import', {
    json: [],
    headers,
  })
  expect(row.status).toBe(200)
  await rig.ask('/api/v1/capabilities/reindex', { method: 'POST', headers })
  await rig.ask('/api/v1/capabilities/none.example.com', { method: 'DELETE', headers })
  await rig.ask('/api/v1/capabilities/none.example.com/override', {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ fields: { description: 'x' } }),
  })
  expect(await catalog.count({})).toBe(0)
  const { data } = await readAudit(rig)
  expect(data.map(({ action, detail }) => `${action} ${detail}`)).toEqual([
    'capabilities.reindexed null',
    'capabilities.imported 0 rows',
  ])
})

test('the audit lists an import that fails after it has stored rows, with their number', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const lines = Array.from({ length: 600 }, (_, index) => {
    const row = makeCapability({ kind: `Kind${index}` })
    return `${JSON.stringify(row)}\n`
  })
  const send = (body: string): Promise<Response> =>
    rig.ask('/api/v1/capabilities/import', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body,
    })
  expect((await send(`${lines.join('')}{}\n`)).status).toBe(422)
  expect((await send('{}\n')).status).toBe(422)
  const stored = await rig.deps.catalog.count({})
  expect(stored).toBeGreaterThan(0)
  const { data } = await readAudit(rig)
  expect(data.map(({ action, detail }) => `${action} ${detail}`)).toEqual([
    `capabilities.imported the first ${stored} rows, then it failed`,
  ])
})

test('the audit lists logins, logouts and failed logins with the address, and never a token', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const wrong = 'canary-wrong-token-0123456789'
  await rig.ask('/api/v1/session', { json: { token: wrong } })
  const session = await logIn(rig, ADMIN)
  await rig.ask('/api/v1/session', { method: 'DELETE', headers: session })
  const page = await readAudit(rig)
  expect(page.data).toMatchObject([
    { action: 'session.ended', principal: 'token:boss', address: null },
    { action: 'session.started', principal: 'token:boss', role: 'admin', address: '127.0.0.1' },
    { action: 'login.failed', principal: null, role: null, address: '127.0.0.1' },
  ])
  expect(JSON.stringify(page)).not.toContain(wrong)
})

test('pages of the audit list each entry once, in order, also of equal ids', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { redis, keys } = rig.deps
  const add = (key: string, id: string, action: string): Promise<unknown> => {
    const entry = { at: new Date().toISOString(), action, principal: null }
    return redis.xadd(key, id, 'entry', JSON.stringify(entry))
  }
  for (let ms = 1; ms <= 7; ms++) {
    await add(keys.audit, `${ms}-0`, 'queues.paused')
    if (ms % 2 === 1) await add(keys.auditFailedLogins, `${ms}-0`, 'login.failed')
  }
  const all = (await readAudit(rig, '?limit=200')).data.map(({ id }) => id)
  expect(all).toHaveLength(11)
  expect(all.slice(0, 3)).toEqual(['7-0/0', '7-0/1', '6-0/0'])
  for (const limit of [1, 2, 3, 4]) {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { data, page } = await readAudit(rig, `?limit=${limit}${query}`)
      seen.push(...data.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen, `limit ${limit}`).toEqual(all)
  }
  const invalid = await rig.ask('/api/v1/audit?cursor=bm9uZQ', { headers })
  expect(invalid.status).toBe(400)
})

test('the audit is bounded, and failed logins do not displace other entries', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { audit, redis, keys } = rig.deps
  await audit.write({ action: 'queues.paused', principal: 'token:boss' })
  for (let count = 0; count < 1_500; count++) {
    await audit.write({ action: 'login.failed', principal: null })
  }
  // Redis trims whole nodes of a stream.
  expect(await redis.xlen(keys.auditFailedLogins)).toBeLessThan(1_200)
  expect(await redis.xlen(keys.audit)).toBe(1)
})

test('an entry holds plain text of bounded length', async () => {
  const rig = await startRig({ tokens: TOKENS })
  const { audit } = rig.deps
  await audit.write({
    action: 'scan.deleted',
    principal: 'oidc:\u202Ea\nb',
    target: 'x'.repeat(5_000),
  })
  const [entry] = (await readAudit(rig)).data
  expect(entry?.principal).toBe('oidc:a b')
  expect(entry?.target).toHaveLength(300)
})
