import { expect, test } from 'vitest'
import { Webhook, WebhookList } from '@capstan/shared/contract/webhook'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { ALLOW_LOCAL, createHook, SECRET } from './webhook-rig.ts'

const PATH = '/api/v1/webhooks'
const URL_OF_HOOK = 'https://hooks.example.com/capstan'

async function list(rig: ApiRig): Promise<Webhook[]> {
  return WebhookList.parse(await (await rig.ask(PATH)).json()).data
}

test('a webhook is created with its secret, read without it, replaced and deleted', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const { secret, ...created } = await createHook(rig, URL_OF_HOOK, { clusters: ['prod'] })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(created).toMatchObject({
    url: URL_OF_HOOK,
    events: ['scan.finished'],
    clusters: ['prod'],
    enabled: true,
    createdBy: 'local',
  })
  const path = `${PATH}/${created.id}`
  expect(await (await rig.ask(path)).json()).toEqual(created)
  expect(await list(rig)).toEqual([created])
  const json = { url: 'https://other.example.com/', events: ['scan.failed'], enabled: false }
  const replaced = Webhook.parse(await (await rig.ask(path, { method: 'PUT', json })).json())
  expect(replaced).toMatchObject({ ...json, clusters: [], createdAt: created.createdAt })
  expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(204)
  expect(await list(rig)).toEqual([])
  for (const method of ['GET', 'DELETE']) {
    expect((await rig.ask(path, { method })).status).toBe(404)
  }
  expect((await rig.ask(path, { method: 'PUT', json })).status).toBe(404)
})

test('each webhook has a secret of its own, and Redis and the log hold neither it nor the setting', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const first = await createHook(rig, URL_OF_HOOK)
  const second = await createHook(rig, URL_OF_HOOK)
  expect(first.secret).not.toBe(second.secret)
  const { redis, keys } = rig.deps
  for (const key of await redis.keys(`${keys.prefix}*`)) {
    const stored = (await redis.dumpBuffer(key)) ?? Buffer.of()
    for (const text of [SECRET, first.secret.slice(6), second.secret.slice(6)]) {
      expect(stored.includes(text), key).toBe(false)
    }
  }
  expect(rig.logged()).not.toContain(first.secret)
})

test('without the setting of the secret a webhook is refused, and the answer names the setting', async () => {
  const rig = await startRig()
  const refused = await rig.ask(PATH, { json: { url: URL_OF_HOOK } })
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({
    code: 'WRONG_STATE',
    detail: expect.stringContaining('CAPSTAN_WEBHOOK_SECRET'),
  })
})

test.each([
  ['no URL', 'hooks.example.com'],
  ['plain http', 'http://hooks.example.com/'],
  ['another scheme', 'file:///etc/passwd'],
  ['a user', 'https://user@hooks.example.com/'],
  ['a password', 'https://user:secret@hooks.example.com/'],
  ['a query', 'https://hooks.example.com/?token=1'],
  ['an empty query', 'https://hooks.example.com/?'],
  ['a fragment', 'https://hooks.example.com/#a'],
  ['a loopback name', 'https://localhost/'],
  ['a loopback name with a dot', 'https://a.localhost./'],
  ['a loopback address', 'https://127.1/'],
  ['a loopback address as a number', 'https://2130706433/'],
  ['a loopback address in octal', 'https://0177.0.0.1/'],
  ['a loopback address of IPv6', 'https://[::1]/'],
  ['a mapped loopback address', 'https://[::ffff:127.0.0.1]/'],
  ['a private address', 'https://10.0.0.1/'],
  ['a mapped private address', 'https://[::ffff:a00:1]/'],
  ['the metadata server', 'https://169.254.169.254/latest/meta-data/'],
  ['the metadata server of IPv6', 'https://[fd00:ec2::254]/'],
  ['a link-local address', 'https://[fe80::1]/'],
  ['the unspecified address', 'https://0.0.0.0/'],
])('a webhook to %s is rejected and stores nothing', async (_, url) => {
  const rig = await startRig({ webhooks: { CAPSTAN_WEBHOOK_SECRET: SECRET } })
  const refused = await rig.ask(PATH, { json: { url } })
  expect(refused.status).toBe(400)
  const problem = (await refused.json()) as { detail: string }
  expect(problem).toMatchObject({ code: 'VALIDATION', errors: [{ pointer: '#/url' }] })
  expect(JSON.stringify(problem)).not.toContain('secret')
  expect(await list(rig)).toEqual([])
})

test.each([
  ['an unknown event', { events: ['scan.exploded'] }],
  ['no event', { events: [] }],
  ['an unknown field', { secret: 'mine' }],
  [
    'too many labels',
    { labels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [n, ''])) },
  ],
])('a webhook with %s is rejected', async (_, more) => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const refused = await rig.ask(PATH, { json: { url: URL_OF_HOOK, ...more } })
  expect(await refused.json()).toMatchObject({ code: 'VALIDATION' })
  expect(await list(rig)).toEqual([])
})

test('the 51st webhook is refused', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  for (let count = 0; count < 50; count += 1) await createHook(rig, URL_OF_HOOK)
  const refused = await rig.ask(PATH, { json: { url: URL_OF_HOOK } })
  expect(await refused.json()).toMatchObject({ code: 'WRONG_STATE' })
})

test('webhooks need the role admin, and each change is in the audit log', async () => {
  const tokens = parseTokens('a:admin:token-of-a-0123456789,o:scan:token-of-o-0123456789')
  const rig = await startRig({ webhooks: ALLOW_LOCAL, tokens })
  const as = (name: string) => ({ authorization: `Bearer token-of-${name}-0123456789` })
  expect((await rig.ask(PATH, { headers: as('o') })).status).toBe(403)
  const ask: ApiRig['ask'] = (path, init) => rig.ask(path, { ...init, headers: as('a') })
  const { id } = await createHook({ ask }, URL_OF_HOOK)
  await ask(`${PATH}/${id}`, { method: 'PUT', json: { url: URL_OF_HOOK } })
  await ask(`${PATH}/${id}/test`, { method: 'POST' })
  await ask(`${PATH}/${id}`, { method: 'DELETE' })
  const { data } = (await (await ask('/api/v1/audit')).json()) as {
    data: { action: string; target: string; principal: string }[]
  }
  expect(data.map(({ action, target }) => [action, target])).toEqual(
    ['deleted', 'tested', 'changed', 'created'].map((action) => [`webhook.${action}`, id]),
  )
})
