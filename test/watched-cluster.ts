import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { Capability } from '@capstan/shared/contract/capability'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testRedis } from '@capstan/testkit/redis'
import type { RunningProcess } from '@capstan/testkit/start-process'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import { startTestStack, temporaryFile, type TestStack } from './test-stack.ts'

export const CRDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
/** Log line of the watching process. */
const WATCHING = '"msg":"watching the cluster"'

/** The observable effects of the watcher, through one API process. */
interface Seen {
  /** The types of each scan that the watcher started, oldest first. */
  scans(): Promise<string[][]>
  /** Waits until the catalog has a matching row of this type, and returns it. */
  row(resource: string, wanted?: (row: Capability) => boolean): Promise<Capability>
  /** Types whose rows are stale. */
  stale(): Promise<string[]>
}

export interface WatchedCluster extends Seen {
  sim: ClusterSim
  stack: TestStack
  /** Another API process on the same Redis and cluster. */
  startApi(): Promise<RunningProcess>
}

/** A served cluster, a real API process that watches it and has its baseline, and a real worker process. */
export async function startWatchedCluster(
  settings: Record<string, string> = {},
): Promise<WatchedCluster> {
  const sim = await testClusterSim()
  const { url, keys } = testRedis()
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
  }
  const api = {
    KUBECONFIG: await temporaryFile('config', sim.kubeconfig),
    CAPSTAN_WATCH: 'true',
    ...settings,
  }
  const stack = await startTestStack({ environment, api })
  await until('a watching process', () => hasWatchStarted(stack.api) || undefined, WATCH_BOUNDS)
  const usual = { LOG_LEVEL: 'debug', PORT: '0', HOME: '/nowhere' }
  return {
    sim,
    stack,
    ...observeWatcher(stack.api.url),
    startApi: () => startTestProcess('api', { ...usual, ...environment, ...api }),
  }
}

/** Bounds against hanging: a lease and a debounce may have to expire first. */
export const WATCH_BOUNDS = { withinMs: 300_000, everyMs: 100 }

export function observeWatcher(url: string): Seen {
  const read = async (path: string): Promise<unknown[]> => {
    const answer: unknown = await (await fetch(`${url}/api/v1${path}`)).json()
    return (answer as { data: unknown[] }).data
  }
  const rows = async (query: string): Promise<Capability[]> =>
    (await read(`/capabilities?limit=200${query}`)).map((row) => Capability.parse(row))
  return {
    scans: async () => {
      const scans = (await read('/scans?limit=200')).map((scan) => Scan.parse(scan))
      const own = scans.filter(({ createdBy }) => createdBy === 'watcher')
      return own.map(({ include }) => include.toSorted()).toReversed()
    },
    row: (resource, wanted = () => true) =>
      until(
        `a row of ${resource}`,
        async () => {
          const found = (await rows('')).find((one) => one.resource === resource)
          return found && wanted(found) ? found : undefined
        },
        WATCH_BOUNDS,
      ),
    stale: async () => (await rows('&stale=true')).map(({ resource }) => resource).toSorted(),
  }
}

export function hasWatchStarted(api: RunningProcess): boolean {
  return api.output().includes(WATCHING)
}

/** A small custom type. Its description is part of its definition. */
export function makeWidgetCrd(plural: string, description = 'A widget.', group = 'shop.example') {
  const kind = plural.slice(0, 1).toUpperCase() + plural.slice(1, -1)
  const schema = { openAPIV3Schema: { type: 'object', description } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: {} },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}
