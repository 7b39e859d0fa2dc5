import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { openLiveCluster } from './live-cluster.ts'
import { startTestStack } from './test-stack.ts'
import { hasWatchStarted, WATCH_BOUNDS, observeWatcher, makeWidgetCrd } from './watched-cluster.ts'

// A real API server; CRDs suffice. The test writes types of one group with a random name and deletes them.
const KUBECONFIG = process.env['CAPSTAN_LIVE_KUBECONFIG'] ?? ''
const GROUP = `live-${randomBytes(4).toString('hex')}.example.com`

test('a real server is watched: new, changed and deleted types are handled, and status and label changes cost nothing', async ({
  skip,
}) => {
  skip(KUBECONFIG === '', 'set CAPSTAN_LIVE_KUBECONFIG to a kubeconfig of a cluster for tests')
  const cluster = openLiveCluster(KUBECONFIG)
  const { url, keys } = testRedis()
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, CAPSTAN_PROVIDER: 'demo' },
    api: {
      KUBECONFIG,
      CAPSTAN_ALLOW_EXEC: 'true',
      CAPSTAN_WATCH: 'true',
      CAPSTAN_WATCH_DEBOUNCE_MS: '2000',
    },
  })
  await until('a watching process', () => hasWatchStarted(stack.api) || undefined, WATCH_BOUNDS)
  const { scans, row, stale } = observeWatcher(stack.api.url)
  /** Other users may change the same server meanwhile. */
  const ours = (names: string[]): string[] => names.filter((name) => name.endsWith(`.${GROUP}`))
  const ourScans = async (): Promise<string[][]> =>
    (await scans()).map(ours).filter(({ length }) => length > 0)
  const isMarked = async (): Promise<boolean> => ours(await stale()).length > 0
  const [boats, oars] = [`boats.${GROUP}`, `oars.${GROUP}`]
  const columnsOf = ({ printerColumns }: Capability) => printerColumns.map(({ name }) => name)
  onTestFinished(async () => {
    for (const name of [boats, oars]) {
      await cluster.write('DELETE', `/${name}`).catch(() => undefined)
    }
  })

  await cluster.write('POST', '', crd('boats', 'Crew', 'A boat.'))
  const added = await row(boats)
  expect(columnsOf(added)).toEqual(['Name', 'Crew'])
  const before = await cluster.read(boats)
  await cluster.write('PUT', `/${boats}`, {
    ...before,
    metadata: { ...before.metadata, labels: { team: 'a' } },
  })
  const labeled = await cluster.read(boats)
  const condition = { type: 'Reviewed', status: 'True', reason: 'Test', message: 'seen' }
  const conditions = [...labeled.status.conditions, condition]
  await cluster.write('PUT', `/${boats}/status`, {
    ...labeled,
    status: { ...labeled.status, conditions },
  })
  await cluster.write('POST', '', crd('oars', 'Length', 'An oar.'))
  await row(oars)
  expect(await ourScans()).toEqual([[boats], [oars]])
  expect(await row(boats)).toEqual(added)

  const now = await cluster.read(boats)
  const changed = crd('boats', 'Sails', 'A boat with sails.')
  await cluster.write('PUT', `/${boats}`, { ...changed, metadata: now.metadata })
  const after = await row(
    boats,
    ({ provenance }) => provenance.definitionHash !== added.provenance.definitionHash,
  )
  expect(columnsOf(after)).toEqual(['Name', 'Sails'])
  await cluster.write('DELETE', `/${boats}`)
  await until('the mark', async () => (await isMarked()) || undefined, WATCH_BOUNDS)
  expect(ours(await stale())).toEqual([boats])
  expect(await ourScans()).toEqual([[boats], [oars], [boats]])
})

function crd(plural: string, column: string, description: string) {
  const manifest = makeWidgetCrd(plural, description, GROUP)
  const jsonPath = `.spec.${column.toLowerCase()}`
  const versions = manifest.spec.versions.map((version) => ({
    ...version,
    subresources: { status: {} },
    additionalPrinterColumns: [{ name: column, type: 'string', jsonPath }],
  }))
  return { ...manifest, spec: { ...manifest.spec, versions } }
}
