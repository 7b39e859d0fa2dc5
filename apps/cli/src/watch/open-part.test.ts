import { expect, test } from 'vitest'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { makeItem, makeScan } from '../../test/make-scan.ts'
import type { ApiClient } from '../client/api-client.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Followed } from './follow-scan.ts'
import { openPart } from './open-part.ts'
import { startState } from './watch-state.ts'

const event = (name: string, resource?: string): Followed => ({
  type: 'event',
  id: '',
  event: name,
  data: resource === undefined ? {} : { resource },
})

/** Two types of a scan, as the server says they are. */
function part(onRead: () => void = () => undefined) {
  const server: Record<string, ItemStatus> = { a: 'queued', b: 'queued' }
  let reads = 0
  const get: ApiClient['get'] = async (path, schema) => {
    onRead()
    reads += 1
    const resource = path.slice(-1)
    return schema.parse(makeItem({ resource, status: server[resource] ?? 'queued' }))
  }
  const { signal } = new AbortController()
  const opened = openPart({ get }, { scanId: 'scan_1', resources: ['a', 'b'] }, signal)
  return { server, opened, reads: () => reads }
}

test('a part of a scan is over when each of its types has ended, whatever other types do', async () => {
  const { opened, reads } = part()
  expect(opened.isOver()).toBe(false)
  await opened.hear(event('snapshot'))
  await opened.hear(event('resource.succeeded', 'a'))
  await opened.hear(event('resource.failed', 'other'))
  expect(opened.isOver()).toBe(false)
  await opened.hear(event('resource.failed', 'b'))
  expect(opened.isOver()).toBe(true)
  await opened.hear(event('resource.requeued', 'b'))
  expect(opened.isOver()).toBe(false)
  expect(reads()).toBe(2)
})

test.each(['snapshot', 'gap'])('after a %s, types that ended unheard are read', async (name) => {
  const { server, opened } = part()
  await opened.hear(event('snapshot'))
  Object.assign(server, { a: 'succeeded', b: 'skipped' })
  await opened.hear(event('scan.progress'))
  expect(opened.isOver()).toBe(false)
  await opened.hear(event(name))
  expect(opened.isOver()).toBe(true)
})

test('a part is not over while the server cannot be reached, and is read again after the next event', async () => {
  let isAway = true
  const { server, opened } = part(() => {
    if (isAway) throw new CliError('away', { exitCode: EXIT.unreachable })
  })
  Object.assign(server, { a: 'succeeded', b: 'succeeded' })
  await opened.hear(event('snapshot'))
  expect(opened.isOver()).toBe(false)
  isAway = false
  await opened.hear({ type: 'live' })
  expect(opened.isOver()).toBe(false)
  await opened.hear(event('scan.progress'))
  expect(opened.isOver()).toBe(true)
})

test('a refusal of the server ends the wait', async () => {
  const { opened } = part(() => {
    throw new CliError('no such scan', { exitCode: EXIT.unexpected })
  })
  await expect(opened.hear(event('snapshot'))).rejects.toThrow('no such scan')
})

test('what is shown of a part are its own types, and nothing of the scan that may be of others', async () => {
  const { opened } = part()
  await opened.hear(event('snapshot'))
  await opened.hear(event('resource.started', 'a'))
  const usage = { calls: 7, inputTokens: 700 }
  const scan = makeScan({ progress: { total: 9, succeeded: 4 }, usage })
  const problem = { reason: 'refused', title: 'no', retryable: false } as const
  const state = {
    ...startState(scan),
    running: new Map(['a', 'x'].map((name) => [name, { sinceMs: 0, attempt: 1 }])),
    failures: ['b', 'y'].map((resource) => ({ resource, attempts: 1, problem })),
  }
  const shown = opened.narrow(state)
  expect(shown.scan.progress).toMatchObject({ total: 2, running: 1, queued: 1, succeeded: 0 })
  expect(shown.scan.usage).toMatchObject({ calls: 0, inputTokens: 0 })
  expect([...shown.running.keys()]).toEqual(['a'])
  expect(shown.failures.map(({ resource }) => resource)).toEqual(['b'])
})
