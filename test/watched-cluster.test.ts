import { expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { until } from '@capstan/testkit/until'
import {
  CRDS,
  isWatching,
  PATIENT,
  seenAt,
  startWatchedCluster,
  widget,
} from './watched-cluster.ts'

const QUICK = { CAPSTAN_WATCH_DEBOUNCE_MS: '100', CAPSTAN_WATCH_MAX_WAIT_MS: '2000' }
const GADGETS = 'gadgets.shop.example'
const BUCKETS = 'buckets.storage.nimbus.example'

test('what is new, changed in its spec or deleted gets just the scan it needs, and what changed in its status none', async () => {
  const { sim, scans, row, stale } = await startWatchedCluster(QUICK)
  expect(await scans()).toEqual([])
  await sim.update({ apply: widget('gadgets') })
  const added = await row(GADGETS)
  const labeled = widget('gadgets')
  labeled.metadata.labels = { team: 'a' }
  await sim.update({ status: GADGETS })
  await sim.update({ apply: labeled })
  await sim.update({ status: GADGETS })
  await sim.update({ status: BUCKETS })
  // A scan for any of these would come before or with the next one.
  await sim.update({ apply: widget('markers') })
  await row('markers.shop.example')
  expect(await scans()).toEqual([[GADGETS], ['markers.shop.example']])
  expect(await row(GADGETS)).toEqual(added)

  await sim.update({ apply: widget('gadgets', 'Another text.') })
  const changed = await row(
    GADGETS,
    ({ provenance }) => provenance.definitionHash !== added.provenance.definitionHash,
  )
  expect(changed).toMatchObject({ id: added.id, stale: false })
  await sim.update({ delete: GADGETS })
  await until(
    'the mark of what was deleted',
    async () => (await stale()).length > 0 || undefined,
    PATIENT,
  )
  await sim.update({ apply: widget('widgets') })
  await row('widgets.shop.example')
  expect(await stale()).toEqual([GADGETS])
  expect(await scans()).toEqual([
    [GADGETS],
    ['markers.shop.example'],
    [GADGETS],
    ['widgets.shop.example'],
  ])
})

test('columns that alone change are new in the catalog, and no model is asked for that', async () => {
  const { sim, scans, row } = await startWatchedCluster(QUICK)
  await sim.update({ apply: withColumn('.spec.size') })
  const added = await row(GADGETS)
  expect(added.printerColumns.at(-1)).toMatchObject({ name: 'Size', jsonPath: '.spec.size' })
  await sim.update({ apply: withColumn('.status.size') })
  const isNew = ({ printerColumns }: Capability): boolean =>
    printerColumns.at(-1)?.jsonPath === '.status.size'
  const watched = await row(GADGETS, isNew)
  expect(watched).toEqual({ ...added, printerColumns: watched.printerColumns })
  expect(await scans()).toEqual([[GADGETS]])
})

test('while API groups fail, what they had is not taken for removed; what was deleted meanwhile is marked when they answer', async () => {
  const { sim, stack, scans, row, stale } = await startWatchedCluster(QUICK)
  for (const name of ['gadgets', 'markers']) await sim.update({ apply: widget(name) })
  await row(GADGETS)
  await row('markers.shop.example')
  await stack.settled(await stack.scan({ include: ['*.apps', BUCKETS, 'services'] }))
  const before = await scans()
  sim.setFaults({ failingGroups: ['shop.example', 'apps'] })
  await sim.update({ delete: GADGETS })
  await sim.update({ delete: BUCKETS })
  await until(
    'the mark of what was deleted',
    async () => (await stale()).length > 0 || undefined,
    PATIENT,
  )
  expect(await stale()).toEqual([BUCKETS])
  const during = await stack.settled(await stack.scan({ include: ['services'] }))
  const silent = during.unavailable.map(({ group }) => group.split('/')[0])
  expect(new Set(silent)).toEqual(new Set(['apps', 'shop.example']))
  expect(await stale()).toEqual([BUCKETS])

  sim.setFaults({ failing: { path: '/api', status: 500 } })
  await sim.update({ apply: widget('widgets') })
  const delayed = '"msg":"processing changes failed; it is retried"'
  await until('a failed look', () => stack.api.output().includes(delayed) || undefined, PATIENT)
  expect(await stale()).toEqual([BUCKETS])
  sim.setFaults({})
  await sim.update({ apply: widget('sprockets') })
  await row('widgets.shop.example')
  await row('sprockets.shop.example')
  await until('the other mark', async () => (await stale()).length > 1 || undefined, PATIENT)
  expect(await stale()).toEqual([BUCKETS, GADGETS])
  const after = (await scans()).slice(before.length)
  expect(after.flat().toSorted()).toEqual(['sprockets.shop.example', 'widgets.shop.example'])
})

test('a server that has just started, whose discovery lacks what CRDs define, has not lost it', async () => {
  const { sim, stack, row, stale } = await startWatchedCluster(QUICK)
  for (const name of ['gadgets', 'markers']) await sim.update({ apply: widget(name) })
  await row(GADGETS)
  await row('markers.shop.example')
  sim.setFaults({ notEstablished: [GADGETS, 'markers.shop.example', BUCKETS] })
  await stack.settled(await stack.scan({ include: ['services'] }))
  expect(await stale()).toEqual([])
  const removed = await stack.ask('/api/v1/capabilities/removed', { method: 'DELETE' })
  expect(await removed.json()).toMatchObject({ deleted: 0 })
  await sim.update({ delete: GADGETS })
  await until(
    'the mark of what was deleted',
    async () => (await stale()).length > 0 || undefined,
    PATIENT,
  )
  expect(await stale()).toEqual([GADGETS])
})

test('a watch that ends goes on where it was; a place that is forgotten is listed anew, and nothing is missed', async () => {
  const { sim, scans, row } = await startWatchedCluster(QUICK)
  const count = (path: string): number =>
    sim.requests().filter((request) => request.path.startsWith(path)).length
  const watch = `${CRDS}?watch`
  await until('the watch', () => count(watch) > 0 || undefined, PATIENT)
  await sim.update({ apply: widget('gadgets') })
  await row(GADGETS)
  const opened = count(watch)
  await sim.update({ watches: 'end' })
  await until('the next watch', () => count(watch) > opened || undefined, PATIENT)
  await sim.update({ apply: widget('markers') })
  await row('markers.shop.example')

  sim.setFaults({ failing: { path: watch, status: 500 } })
  const before = count(watch)
  await sim.update({ watches: 'break' })
  await until('a watch that fails', () => count(watch) > before || undefined, PATIENT)
  await sim.update({ apply: widget('widgets') })
  await sim.update({ past: 'forget' })
  sim.setFaults({})
  await row('widgets.shop.example')
  expect(await scans()).toEqual([[GADGETS], ['markers.shop.example'], ['widgets.shop.example']])
})

test('an operator that brings 200 types is one scan', async () => {
  const { sim, stack, scans } = await startWatchedCluster()
  const names = Array.from({ length: 200 }, (_, index) => `things${index}s`)
  for (const name of names) await sim.update({ apply: widget(name, `Thing ${name}.`) })
  await until('its scan', async () => (await scans()).length > 0 || undefined, PATIENT)
  const [scan] = ((await (await stack.ask('/api/v1/scans')).json()) as { data: { id: string }[] })
    .data
  const ended = await stack.settled(scan?.id ?? '')
  expect(ended.progress).toMatchObject({ total: 200, succeeded: 200 })
  expect(await scans()).toEqual([names.map((name) => `${name}.shop.example`).toSorted()])
})

test('a type that changes for ever is scanned all the same', async () => {
  const { sim, scans } = await startWatchedCluster({
    CAPSTAN_WATCH_DEBOUNCE_MS: '3600000',
    CAPSTAN_WATCH_MAX_WAIT_MS: '1000',
  })
  let texts = 0
  const changeOnce = async (): Promise<true | undefined> => {
    await sim.update({ apply: widget('gadgets', `Text ${texts++}.`) })
    return (await scans()).length > 1 || undefined
  }
  await until('a scan', changeOnce, PATIENT)
  expect(new Set((await scans()).flat())).toEqual(new Set([GADGETS]))
})

test('when the watching process is killed, another one takes over and misses nothing', async () => {
  const { sim, stack, startApi } = await startWatchedCluster({
    ...QUICK,
    CAPSTAN_WATCH_DEBOUNCE_MS: '3000',
  })
  const second = await startApi()
  await sim.update({ apply: widget('gadgets') })
  await stack.api.stop('SIGKILL')
  expect(isWatching(second)).toBe(false)
  await sim.update({ apply: widget('markers') })
  const { row, scans } = seenAt(second.url)
  await row(GADGETS)
  await row('markers.shop.example')
  expect(isWatching(second)).toBe(true)
  expect((await scans()).flat().toSorted()).toEqual([GADGETS, 'markers.shop.example'])
})

/** Another path of its column changes nothing that a model sees. */
function withColumn(jsonPath: string) {
  const manifest = widget('gadgets')
  const additionalPrinterColumns = [{ name: 'Size', type: 'string', jsonPath }]
  const versions = manifest.spec.versions.map((one) => ({ ...one, additionalPrinterColumns }))
  return { ...manifest, spec: { ...manifest.spec, versions } }
}
