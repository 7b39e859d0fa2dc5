import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startProcess } from '@capstan/testkit/start-process'
import { runCapstan, spawnCapstan } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const SLOW = { latency: { kind: 'uniform', minMs: 60_000, maxMs: 60_000 } } as const

beforeAll(async () => {
  server = await startCliTestServer({}, {}, startProcess)
})
beforeEach(() => server.provider.configure({}))
afterAll(() => server.close())

interface Seen {
  id: string
  type: string
  data: { resource?: string; scan?: { id: string; status: string } }
}

function seen(text: string): Seen[] {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Seen)
}

test('a watcher survives an API restart: it resumes after the last event without loss or repetition', async () => {
  // Keeps the scan from ending before the API is killed.
  const release = server.provider.hold({ matching: '' })
  const watching = spawnCapstan(['scan', '--full', '--progress', 'json'], server.client)
  await watching.waitForText('resource.started')
  await server.killApi()
  await server.startApi()
  release()
  expect(await watching.ended).toBe(0)
  const events = seen(watching.err())
  const numbers = events.flatMap(({ id }) => (id === '' ? [] : [Number(id.split('-')[0])]))
  const first = numbers[0] ?? 0
  expect(numbers).toEqual(numbers.map((_, index) => first + index))
  // A single snapshot: the second connection resumed where the first one ended.
  expect(events.filter(({ type }) => type === 'snapshot')).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'scan.finished' })
  expect(JSON.parse(watching.out())).toMatchObject({ status: 'succeeded', done: true })
})

test('a watcher reports when the API is unreachable and when it is back', async () => {
  const release = server.provider.hold({ matching: '' })
  const watching = spawnCapstan(['scan', '--full'], server.client)
  await watching.waitForText(' 0 %')
  await server.killApi()
  await watching.waitForText('↻ no connection')
  await server.startApi()
  await watching.waitForText('↻ connected again')
  release()
  expect(await watching.ended).toBe(0)
  expect(watching.err()).toContain('succeeded')
  expect(watching.out()).toBe('')
})

test('watch attached late shows the current progress and the end', async () => {
  server.provider.configure(SLOW)
  const started = await runCapstan(['scan', '--full', '*.apps', '--detach', '-o', 'name'], {
    environment: server.client,
  })
  const id = started.out.trim()
  const watching = spawnCapstan(['watch', id, '--progress', 'json'], server.client)
  await watching.waitForText('snapshot')
  const late = spawnCapstan(['watch', '--progress', 'json'], server.client)
  await late.waitForText('snapshot')
  await runCapstan(['cancel', id], { environment: server.client })
  expect(await Promise.all([watching.ended, late.ended])).toEqual([3, 3])
  const events = seen(late.err())
  expect(events[0]).toMatchObject({ id: '', type: 'snapshot', data: { scan: { id } } })
  expect(events.at(-1)).toMatchObject({
    type: 'scan.finished',
    data: { scan: { status: 'canceled' } },
  })
})

test('watch on a finished scan prints its result at once, by id or as the latest', async () => {
  server.provider.configure({})
  const environment = server.client
  const { out } = await runCapstan(['scan', '--full', 'pods', '-o', 'name'], { environment })
  for (const name of [out.trim(), 'latest']) {
    const { code, err } = await runCapstan(['watch', name], { environment })
    expect(code).toBe(0)
    expect(err).toContain(`✔ ${out.trim()} succeeded`)
  }
})

test('an interrupted wait for the server exits with 130', async () => {
  const interrupt = new AbortController()
  const ran = runCapstan(['get', 'scans'], {
    environment: server.client,
    interrupted: interrupt.signal,
  })
  interrupt.abort()
  expect(await ran).toEqual({ code: 130, out: '', err: '' })
})
