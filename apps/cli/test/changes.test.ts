import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { until } from '@capstan/testkit/until'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })

beforeAll(async () => {
  server = await startCliTestServer()
})
afterAll(() => server.close())

test('a schedule can be set, listed, paused, resumed and removed', async () => {
  const none = await capstan('get', 'schedules')
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(none.err).toContain('schedule set')
  const options = ['--cron', '0 3 * * *', '--time-zone', 'Europe/Berlin', '-l', 'team=a']
  const set = await capstan('schedule', 'set', 'nightly', '*.apps', ...options)
  expect(set.code).toBe(0)
  expect(set.err).toContain('nightly runs next at')
  expect((await capstan('schedule', 'pause', 'nightly')).err).toContain('is paused')
  const listed = JSON.parse((await capstan('get', 'schedules', '-o', 'json')).out)
  expect(listed).toMatchObject([
    { name: 'nightly', paused: true, scan: { include: ['*.apps'], labels: { team: 'a' } } },
  ])
  expect((await capstan('schedule', 'resume', 'nightly')).err).toContain('runs next at')
  expect((await capstan('get', 'schedules')).out).toMatch(/^SCHEDULE +CRON +TIME ZONE/)
  expect((await capstan('schedule', 'remove', 'nightly')).code).toBe(0)
  expect((await capstan('schedule', 'remove', 'nightly')).code).toBe(2)
})

test('the queues of all routes can be shown, paused and resumed', async () => {
  expect((await capstan('queue')).out).toMatch(/^running, /)
  const held = await capstan('queue', 'pause')
  expect(held).toMatchObject({ code: 0, out: expect.stringMatching(/^paused, /) as string })
  expect(held.err).toContain('queue resume')
  const shown = JSON.parse((await capstan('queue', '-o', 'json')).out)
  expect(shown).toMatchObject({ paused: true, counts: { active: 0 } })
  expect((await capstan('queue', 'resume')).out).toMatch(/^running, /)
})

test('an invalid schedule is refused with a fix', async () => {
  const refused = await capstan('schedule', 'set', 'nightly', '--cron', 'at three')
  expect(refused.code).not.toBe(0)
  expect(refused.err).toContain('five fields')
  expect((await capstan('schedule', 'set', '../scans', '--cron', '0 3 * * *')).code).toBe(2)
})

test('diff compares a scan with the previous one, and prune reports that no type was removed', async () => {
  await capstan('scan', '*.apps', '-q')
  const first = (await capstan('get', 'scans', '-o', 'name')).out.trim()
  const lonely = await capstan('diff')
  expect(lonely.code).not.toBe(0)
  expect(lonely.err).toContain('No earlier scan')
  expect(lonely.err).toContain(`fix: Name one: capstan diff ${first} --against SCAN.`)
  await capstan('scan', '*.apps', '-q')
  const { code, out } = await capstan('diff')
  expect(code).toBe(0)
  expect(out).toContain(`against ${first}`)
  expect(out).toMatch(/\n\d+ types unchanged\n$/)
  expect((await capstan('prune')).err).toContain(
    'The cluster still serves every type of the catalog.',
  )
})

test('open prints the address of the dashboard and passes it to the browser', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-open-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const browser = join(folder, 'browser')
  const opened = join(folder, 'opened')
  await writeFile(
    browser,
    `#!/bin/sh\nprintf %s "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`,
  )
  await chmod(browser, 0o755)
  const environment = { ...server.client, BROWSER: browser, PATH: process.env['PATH'] ?? '' }
  const { code, out, err } = await runCapstan(['open'], { environment })
  expect({ code, out, err }).toEqual({ code: 0, out: `${server.url}/ui/\n`, err: '' })
  const page = await until('the browser', () => readFile(opened, 'utf8').catch(() => undefined))
  expect(page).toBe(`${server.url}/ui/`)
})

test('open without a browser only prints the address and a note', async () => {
  for (const browser of ['none', '/nowhere/browser']) {
    const environment = { ...server.client, BROWSER: browser }
    const { code, out, err } = await runCapstan(['open'], { environment })
    expect({ code, out }).toEqual({ code: 0, out: `${server.url}/ui/\n` })
    expect(err).toContain('No browser could be started')
  }
  const unknown = await runCapstan(['open', '../x'], { environment: server.client })
  expect(unknown).toMatchObject({ code: 2, out: '' })
})

test('open shows one scan in the dashboard', async () => {
  const id = (await capstan('get', 'scans', '-o', 'name')).out.split('\n')[0] ?? ''
  const environment = { ...server.client, BROWSER: 'none' }
  const { out } = await runCapstan(['open', id], { environment })
  expect(out).toBe(`${server.url}/ui/scans/${id}\n`)
})

test('open shows the queue board of a server without a dashboard', async () => {
  const old = createServer((_, response) => void response.writeHead(404).end('{}'))
  old.listen(0, '127.0.0.1')
  await once(old, 'listening')
  onTestFinished(() => void old.close())
  const url = `http://127.0.0.1:${(old.address() as AddressInfo).port}`
  const environment = { ...server.client, CAPSTAN_SERVER: url, BROWSER: 'none' }
  const { code, out, err } = await runCapstan(['open'], { environment })
  expect({ code, out }).toEqual({ code: 0, out: `${url}/queues\n` })
  expect(err).toContain('no dashboard')
})
