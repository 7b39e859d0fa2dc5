import { expect, test } from 'vitest'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { makeItem } from '@capstan/testkit/make-item'
import { makeScan } from '@capstan/testkit/make-scan'
import type { ApiClient } from '../client/api-client.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import { trackScanPart } from './track-scan-part.ts'
import { createScanViewState } from './scan-view-state.ts'

const event = (name: string, resource?: string): ScanUpdate => ({
  type: 'event',
  id: '',
  event: name,
  data: resource === undefined ? {} : { resource },
})

/** Two types of a scan with the statuses that the server returns. */
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
  const opened = trackScanPart({ get }, { scanId: 'scan_1', resources: ['a', 'b'] }, signal)
  return { server, opened, reads: () => reads }
}

test('a part of a scan is over when each of its types has ended, whatever other types do', async () => {
  const { opened, reads } = part()
  expect(opened.isOver()).toBe(false)
  await opened.apply(event('snapshot'))
  await opened.apply(event('resource.succeeded', 'a'))
  await opened.apply(event('resource.failed', 'other'))
  expect(opened.isOver()).toBe(false)
  await opened.apply(event('resource.failed', 'b'))
  expect(opened.isOver()).toBe(true)
  await opened.apply(event('resource.requeued', 'b'))
  expect(opened.isOver()).toBe(false)
  expect(reads()).toBe(2)
})

test.each(['snapshot', 'gap'])(
  'after a %s, types that ended without an event are read from the server',
  async (name) => {
    const { server, opened } = part()
    await opened.apply(event('snapshot'))
    Object.assign(server, { a: 'succeeded', b: 'skipped' })
    await opened.apply(event('scan.progress'))
    expect(opened.isOver()).toBe(false)
    await opened.apply(event(name))
    expect(opened.isOver()).toBe(true)
  },
)

test('a part is not over while the server is unreachable, and is read again after the next event', async () => {
  let isUnreachable = true
  const { server, opened } = part(() => {
    if (isUnreachable) throw new CliError('away', { exitCode: EXIT.unreachable })
  })
  Object.assign(server, { a: 'succeeded', b: 'succeeded' })
  await opened.apply(event('snapshot'))
  expect(opened.isOver()).toBe(false)
  isUnreachable = false
  await opened.apply({ type: 'live' })
  expect(opened.isOver()).toBe(false)
  await opened.apply(event('scan.progress'))
  expect(opened.isOver()).toBe(true)
})

test('an error response of the server ends the wait for a part of a scan', async () => {
  const { opened } = part(() => {
    throw new CliError('no such scan', { exitCode: EXIT.unexpected })
  })
  await expect(opened.apply(event('snapshot'))).rejects.toThrow('no such scan')
})

test('a part shows only its own types and no totals of the whole scan', async () => {
  const { opened } = part()
  await opened.apply(event('snapshot'))
  await opened.apply(event('resource.started', 'a'))
  const usage = { calls: 7, inputTokens: 700 }
  const scan = makeScan({ progress: { total: 9, succeeded: 4 }, usage })
  const problem = { reason: 'refused', title: 'no', retryable: false } as const
  const state = {
    ...createScanViewState(scan),
    running: new Map(['a', 'x'].map((name) => [name, { sinceMs: 0, attempt: 1 }])),
    failures: ['b', 'y'].map((resource) => ({ resource, attempts: 1, problem })),
  }
  const shown = opened.narrow(state)
  expect(shown.scan.progress).toMatchObject({ total: 2, running: 1, queued: 1, succeeded: 0 })
  expect(shown.scan.usage).toMatchObject({ calls: 0, inputTokens: 0 })
  expect([...shown.running.keys()]).toEqual(['a'])
  expect(shown.failures.map(({ resource }) => resource)).toEqual(['b'])
})
