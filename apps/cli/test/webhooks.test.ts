import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { until } from '@capstan/testkit/until'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(['webhooks', ...args], { environment: server.client })

beforeAll(async () => {
  server = await startCliTestServer()
})
afterAll(() => server.close())

test('a webhook is created, listed, tested and removed, and a dead message is replayed', async () => {
  const statuses = [410]
  const receiver = await listenForTest(
    createServer((_, response) => void response.writeHead(statuses.shift() ?? 204).end()),
  )
  expect(await capstan()).toMatchObject({ code: 0, out: '' })
  const created = await capstan('create', receiver.url, '--event', 'scan.failed')
  expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/^whsec_\S+\n$/) as string })
  const id = (await capstan('-o', 'name')).out.trim()
  expect(created.err).toContain(id)
  expect((await capstan()).out).toMatch(
    /^WEBHOOK +URL +EVENTS +STATE\nhook_\w+ .* scan\.failed +enabled\n$/,
  )
  const delivery = (await capstan('test', id)).out.trim()
  const reached = (status: string): Promise<string> =>
    until(`a delivery that is ${status}`, async () => {
      const { out } = await capstan('deliveries', id, '--status', status)
      return out === '' ? undefined : out
    })
  expect(await reached('dead')).toMatch(new RegExp(`${delivery} .*the receiver answered 410`))
  // 410 has disabled the webhook, so its messages stay dead.
  expect((await capstan()).out).toContain('disabled')
  expect((await capstan('replay', id, delivery)).code).toBe(0)
  await until('the end of the replay', async () =>
    (await capstan('deliveries', id)).out.includes('the webhook is disabled') ? true : undefined,
  )
  expect((await capstan('remove', id)).code).toBe(0)
  expect((await capstan('deliveries', id)).code).toBe(2)
})

test('a wrong URL, id or status is refused with a fix', async () => {
  const refused = await capstan('create', 'http://hooks.example.com/')
  expect(refused.code).not.toBe(0)
  expect(refused.err).toContain('https://')
  expect((await capstan('remove', '../scans')).code).toBe(2)
  const id = `hook_${'0'.repeat(24)}`
  expect((await capstan('replay', id, '../../x')).code).toBe(2)
  expect((await capstan('deliveries', id, '--status', 'gone')).code).not.toBe(0)
})
