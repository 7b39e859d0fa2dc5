import { expect, test as base } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { until } from '@capstan/testkit/until'
import {
  CRDS_PATH,
  hasWatchStarted,
  WATCH_BOUNDS,
  observeWatcher,
  startWatchedCluster,
  makeWidgetCrd,
} from './watched-cluster.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const QUICK = { CAPSTAN_WATCH_DEBOUNCE_MS: '100', CAPSTAN_WATCH_MAX_WAIT_MS: '2000' }
const GADGETS = 'gadgets.shop.example'
const BUCKETS = 'buckets.storage.nimbus.example'

test('each new, changed or deleted type causes exactly the scan it needs, and a status change causes none', async () => {
  const { sim, scans, row, stale } = await startWatchedCluster(QUICK)
  expect(await scans()).toEqual([])
  await sim.update({ apply: makeWidgetCrd('gadgets') })
  const added = await row(GADGETS)
  const labeled = makeWidgetCrd('gadgets')
  labeled.metadata.labels = { team: 'a' }
  await sim.update({ status: GADGETS })
  await sim.update({ apply: labeled })
  await sim.update({ status: GADGETS })
  await sim.update({ status: BUCKETS })
  // A scan for any of these would precede or accompany the next one.
  await sim.update({ apply: makeWidgetCrd('markers') })
  await row('markers.shop.example')
  expect(await scans()).toEqual([[GADGETS], ['markers.shop.example']])
  expect(await row(GADGETS)).toEqual(added)

  await sim.update({ apply: makeWidgetCrd('gadgets', 'Another text.') })
  const changed = await row(
    GADGETS,
    ({ provenance }) => provenance.definitionHash !== added.provenance.definitionHash,
  )
  expect(changed).toMatchObject({ id: added.id, stale: false })
  await sim.update({ delete: GADGETS })
  await until(
    'the mark of what was deleted',
    async () => (await stale()).length > 0 || undefined,
    WATCH_BOUNDS,
  )
  await sim.update({ apply: makeWidgetCrd('widgets') })
  await row('widgets.shop.example')
  expect(await stale()).toEqual([GADGETS])
  expect(await scans()).toEqual([
    [GADGETS],
    ['markers.shop.example'],
    [GADGETS],
    ['widgets.shop.example'],
  ])
})

test('changed printer columns are updated in the catalog without a model call', async () => {
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

test('while API groups fail their types are not taken for removed; deleted types are marked once the groups respond', async () => {
  const { sim, stack, scans, row, stale } = await startWatchedCluster(QUICK)
  for (const name of ['gadgets', 'markers']) await sim.update({ apply: makeWidgetCrd(name) })
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
    WATCH_BOUNDS,
  )
  expect(await stale()).toEqual([BUCKETS])
  const during = await stack.settled(await stack.scan({ include: ['services'] }))
  const silent = during.unavailable.map(({ group }) => group.split('/')[0])
  expect(new Set(silent)).toEqual(new Set(['apps', 'shop.example']))
  expect(await stale()).toEqual([BUCKETS])

  sim.setFaults({ failing: { path: '/api', status: 500 } })
  await sim.update({ apply: makeWidgetCrd('widgets') })
  const delayed = '"msg":"processing changes failed; it is retried"'
  await until(
    'a failed look',
    () => stack.api.output().includes(delayed) || undefined,
    WATCH_BOUNDS,
  )
  expect(await stale()).toEqual([BUCKETS])
  sim.setFaults({})
  await sim.update({ apply: makeWidgetCrd('sprockets') })
  await row('widgets.shop.example')
  await row('sprockets.shop.example')
  await until('the other mark', async () => (await stale()).length > 1 || undefined, WATCH_BOUNDS)
  expect(await stale()).toEqual([BUCKETS, GADGETS])
  const after = (await scans()).slice(before.length)
  expect(after.flat().toSorted()).toEqual(['sprockets.shop.example', 'widgets.shop.example'])
})

test('a server that has just started, whose discovery lacks CRD types, has not removed them', async () => {
  const { sim, stack, row, stale } = await startWatchedCluster(QUICK)
  for (const name of ['gadgets', 'markers']) await sim.update({ apply: makeWidgetCrd(name) })
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
    WATCH_BOUNDS,
  )
  expect(await stale()).toEqual([GADGETS])
})

test('an ended watch resumes at its position, and an expired position causes a new list, without losing changes', async () => {
  const { sim, scans, row } = await startWatchedCluster(QUICK)
  const count = (path: string): number =>
    sim.requests().filter((request) => request.path.startsWith(path)).length
  const watch = `${CRDS_PATH}?watch`
  await until('the watch', () => count(watch) > 0 || undefined, WATCH_BOUNDS)
  await sim.update({ apply: makeWidgetCrd('gadgets') })
  await row(GADGETS)
  const opened = count(watch)
  await sim.update({ watches: 'end' })
  await until('the next watch', () => count(watch) > opened || undefined, WATCH_BOUNDS)
  await sim.update({ apply: makeWidgetCrd('markers') })
  await row('markers.shop.example')

  sim.setFaults({ failing: { path: watch, status: 500 } })
  const before = count(watch)
  await sim.update({ watches: 'break' })
  await until('a watch that fails', () => count(watch) > before || undefined, WATCH_BOUNDS)
  await sim.update({ apply: makeWidgetCrd('widgets') })
  await sim.update({ past: 'forget' })
  sim.setFaults({})
  await row('widgets.shop.example')
  expect(await scans()).toEqual([[GADGETS], ['markers.shop.example'], ['widgets.shop.example']])
})

test('an operator that installs 200 types causes one scan', async () => {
  const { sim, stack, scans } = await startWatchedCluster()
  const names = Array.from({ length: 200 }, (_, index) => `things${index}s`)
  for (const name of names) await sim.update({ apply: makeWidgetCrd(name, `Thing ${name}.`) })
  await until('its scan', async () => (await scans()).length > 0 || undefined, WATCH_BOUNDS)
  const [scan] = ((await (await stack.ask('/api/v1/scans')).json()) as { data: { id: string }[] })
    .data
  const ended = await stack.settled(scan?.id ?? '')
  expect(ended.progress).toMatchObject({ total: 200, succeeded: 200 })
  expect(await scans()).toEqual([names.map((name) => `${name}.shop.example`).toSorted()])
})

test('a type that changes continuously is still scanned', async () => {
  const { sim, scans } = await startWatchedCluster({
    CAPSTAN_WATCH_DEBOUNCE_MS: '3600000',
    CAPSTAN_WATCH_MAX_WAIT_MS: '1000',
  })
  let texts = 0
  const changeOnce = async (): Promise<true | undefined> => {
    await sim.update({ apply: makeWidgetCrd('gadgets', `Text ${texts++}.`) })
    return (await scans()).length > 1 || undefined
  }
  await until('a scan', changeOnce, WATCH_BOUNDS)
  expect(new Set((await scans()).flat())).toEqual(new Set([GADGETS]))
})

test('when the watching process is killed, another one takes over without losing changes', async () => {
  const { sim, stack, startApi } = await startWatchedCluster({
    ...QUICK,
    CAPSTAN_WATCH_DEBOUNCE_MS: '3000',
  })
  const second = await startApi()
  await sim.update({ apply: makeWidgetCrd('gadgets') })
  await stack.api.stop('SIGKILL')
  expect(hasWatchStarted(second)).toBe(false)
  await sim.update({ apply: makeWidgetCrd('markers') })
  const { row, scans } = observeWatcher(second.url)
  await row(GADGETS)
  await row('markers.shop.example')
  expect(hasWatchStarted(second)).toBe(true)
  expect((await scans()).flat().toSorted()).toEqual([GADGETS, 'markers.shop.example'])
})

/** A changed path of its column changes nothing that a model sees. */
function withColumn(jsonPath: string) {
  const manifest = makeWidgetCrd('gadgets')
  const additionalPrinterColumns = [{ name: 'Size', type: 'string', jsonPath }]
  const versions = manifest.spec.versions.map((one) => ({ ...one, additionalPrinterColumns }))
  return { ...manifest, spec: { ...manifest.spec, versions } }
}
