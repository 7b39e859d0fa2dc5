import { describe, expect, test } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { NewScan } from '@capstan/scan-store/journal/open/new-scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import { openRouteRegistry, type RouteBounds } from '@capstan/scan-store/routes/route-registry'
import { buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { entry, FAILED, finish, newScan, planOf } from './fixtures.ts'
import type { JournalConnections } from './journal-connections.ts'

const TYPE = 't0.example.com'
let models = 0

/** Creates a scan with a model that no other test uses. */
function scanBy(token: string, model = `invented-${++models}`): NewScan {
  return { ...newScan(), provider: 'openai', model, createdBy: 'someone', token }
}

const queueOf = ({ provider, model }: NewScan): string => buildRouteQueueName({ provider, model })

/** A journal whose route bounds a test sets. Default: no bounds. */
function bounded(bench: JournalConnections, change: Partial<RouteBounds>): Journal {
  const bounds = { maxLive: 10_000, maxPerToken: 10_000, always: [], ...change }
  return openJournal(bench.redis, bench.keys, { routeBounds: () => Promise.resolve(bounds) })
}

/** Opens, plans and pauses a scan and closes its route, as for a model that the provider does not know. */
async function paused(
  { redis, keys }: JournalConnections,
  journal: Journal,
  scan: NewScan,
): Promise<void> {
  expect(await journal.open(scan)).toEqual({ outcome: 'opened' })
  await journal.plan(scan.id, planOf([entry(TYPE)]))
  await journal.pause(scan.id, 'worker', 'no such model')
  expect(await openRouteRegistry(redis, keys).closeIfIdle(queueOf(scan))).toBe(true)
}

/** Bounds on the number of routes. */
export function routeBoundsSuite(bench: () => JournalConnections): void {
  describe('route bounds', () => {
    tokenBound(bench)
    installationBound(bench)
  })
}

function tokenBound(bench: () => JournalConnections): void {
  test('paused scans with closed routes count for the bound of their token until they end', async () => {
    const journal = bounded(bench(), { maxPerToken: 2 })
    const first = scanBy('a1')
    await paused(bench(), journal, first)
    await paused(bench(), journal, scanBy('a1'))
    const third = scanBy('a1')
    expect(await journal.open(third)).toEqual({ outcome: 'overloaded', bound: 'token' })
    expect(await journal.scan(third.id)).toBeUndefined()
    expect(await journal.open(scanBy('a2'))).toEqual({ outcome: 'opened' })
    await journal.cancel(first.id, 'test')
    expect(await journal.open(third)).toEqual({ outcome: 'opened' })
  })

  test('scans with the same model count as one route of their token', async () => {
    const journal = bounded(bench(), { maxPerToken: 1 })
    const { model } = scanBy('b')
    for (let count = 0; count < 3; count++) {
      expect(await journal.open(scanBy('b', model))).toEqual({ outcome: 'opened' })
    }
    expect(await journal.open(scanBy('b'))).toMatchObject({ bound: 'token' })
  })

  test('routes that are always admitted do not count for a token and are never refused', async () => {
    const usual = scanBy('c')
    const journal = bounded(bench(), { maxPerToken: 1, maxLive: 0, always: [queueOf(usual)] })
    expect(await journal.open(usual)).toEqual({ outcome: 'opened' })
    const other = bounded(bench(), { maxPerToken: 1, always: [queueOf(usual)] })
    expect(await other.open(scanBy('c'))).toEqual({ outcome: 'opened' })
    expect(await other.open(scanBy('c'))).toMatchObject({ bound: 'token' })
    expect(await other.open(scanBy('c', usual.model))).toEqual({ outcome: 'opened' })
  })
}

function installationBound(bench: () => JournalConnections): void {
  test('a scan beyond the bound of live routes is refused until a route is closed', async () => {
    const { redis, keys } = bench()
    const first = scanBy('d1')
    await bounded(bench(), {}).open(first)
    const journal = bounded(bench(), { maxLive: await redis.hlen(keys.routes) })
    const second = scanBy('d2')
    expect(await journal.open(second)).toEqual({ outcome: 'overloaded', bound: 'installation' })
    expect(await journal.open(scanBy('d2', first.model))).toMatchObject({ outcome: 'opened' })
    await journal.failScan(first.id, FAILED.problem)
    const routes = openRouteRegistry(redis, keys)
    expect(await routes.closeIfIdle(queueOf(first))).toBe(false)
    for (const id of await journal.activeScanIds()) {
      if ((await journal.scan(id))?.model === first.model) await journal.cancel(id, 'test')
    }
    expect(await routes.closeIfIdle(queueOf(first))).toBe(true)
    expect(await journal.open(second)).toEqual({ outcome: 'opened' })
  })

  test.each(['resume', 'retry'] as const)(
    '%s of a scan whose route is refused changes nothing',
    async (control) => {
      const { redis, keys } = bench()
      const open = bounded(bench(), {})
      const scan = scanBy('e')
      if (control === 'resume') {
        await paused(bench(), open, scan)
      } else {
        await open.open(scan)
        await open.plan(scan.id, planOf([entry(TYPE)]))
        await finish(open, scan.id, TYPE, FAILED)
        await openRouteRegistry(redis, keys).closeIfIdle(queueOf(scan))
      }
      const before = await open.scan(scan.id)
      const journal = bounded(bench(), { maxLive: await redis.hlen(keys.routes) })
      expect(await journal[control](scan.id, 'test')).toMatchObject({
        outcome: 'overloaded',
        bound: 'installation',
        status: before?.status,
      })
      expect(await open.scan(scan.id)).toEqual(before)
      expect(await open[control](scan.id, 'test')).toMatchObject({ outcome: 'changed' })
    },
  )
}
