import { sleep } from '@capstan/shared/async/sleep'
import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { runAsLeader } from '@capstan/redis/run-as-leader'
import { discoverTypes } from '../clusters/find-types.ts'
import {
  processChanges,
  listServedVersions,
  computeNextRunDelayMs,
  type ProcessDeps,
  type WatchContext,
} from './process-changes.ts'
import { PendingChanges } from './pending-changes.ts'
import { RetryBackoff } from './retry-backoff.ts'
import { openProcessedVersions } from './processed-versions.ts'

export interface WatchTimes {
  /** A change is processed when no other change has followed for this time. */
  quietMs: number
  /** Maximum delay of a change. */
  maxMs: number
  /** First retry delay of changes that failed or that discovery does not show yet; it doubles each time. */
  retryMs: number
  /** First and maximum retry delay of types whose definition could not be read. */
  rereadMs: number
  maxRereadMs: number
  /** Types without a CRD have no watch events: interval between two discoveries. */
  pollMs: number
  leaseMs: number
}

/** Installing an operator takes tens of seconds, and discovery lags behind its CRDs. */
const DEFAULT_TIMES: WatchTimes = {
  quietMs: 10_000,
  maxMs: 60_000,
  retryMs: 30_000,
  rereadMs: 30_000,
  maxRereadMs: 3_600_000,
  pollMs: 300_000,
  leaseMs: 15_000,
}

/** Retry interval while no cluster is configured. */
const FIND_INTERVAL_MS = 5_000

export interface Watcher {
  stop(): Promise<void>
}

/** Watches the configured cluster in one of all API processes and scans new and changed types. */
export function startWatcher(deps: ProcessDeps, times: Partial<WatchTimes> = {}): Watcher {
  const stopping = new AbortController()
  const watching = watch(deps, { ...DEFAULT_TIMES, ...times }, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await watching
    },
  }
}

async function watch(deps: ProcessDeps, settings: WatchTimes, signal: AbortSignal): Promise<void> {
  const source = await findSource(deps, signal)
  if (signal.aborted) return
  if (source?.watch === undefined)
    return deps.log.warn('the cluster cannot be watched: it is a folder of manifests')
  const key = deps.keys.watchLease(source.name)
  await runAsLeader({ redis: deps.redis, key, leaseMs: settings.leaseMs, signal }, (lost) =>
    watchAsLeader(deps, source, settings, lost),
  )
}

/** Waits for a kubeconfig that is written after the start. The search logs the reason. */
async function findSource(
  { clusters }: ProcessDeps,
  signal: AbortSignal,
): Promise<ClusterSource | undefined> {
  while (!signal.aborted) {
    try {
      return clusters.find()
    } catch {
      await sleep(FIND_INTERVAL_MS, { signal })
    }
  }
  return undefined
}

/** `lost` aborts when the process loses the lease. */
async function watchAsLeader(
  deps: ProcessDeps,
  source: ClusterSource,
  times: WatchTimes,
  lost: AbortSignal,
): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([lost, ended.signal])
  try {
    const watching = { ...(await loadState(deps, source, signal)), ...createBackoffs(times) }
    const debounce = createDebounce(times)
    deps.log.info({ cluster: source.name }, 'watching the cluster')
    await Promise.all([
      collectChanges(watching, debounce, signal).finally(() => ended.abort()),
      processInLoop(deps, watching, debounce, { times, signal }).finally(() => ended.abort()),
    ])
  } catch (error) {
    if (!lost.aborted) deps.log.warn({ err: error }, 'watching the cluster failed; it is retried')
  }
}

function createBackoffs(times: WatchTimes): Pick<WatchContext, 'unread' | 'unseen'> {
  return {
    unread: new RetryBackoff(times.rereadMs, times.maxRereadMs),
    unseen: new RetryBackoff(times.retryMs, times.pollMs),
  }
}

/**
 * Reads the processed versions. A cluster that was never watched starts with its current state, which the first scan of
 * a user covers.
 */
async function loadState(
  deps: ProcessDeps,
  source: ClusterSource,
  signal: AbortSignal,
): Promise<Pick<WatchContext, 'source' | 'state' | 'pending'>> {
  const state = openProcessedVersions(deps, source.name)
  const known = await state.read()
  if (known) return { source, state, pending: new PendingChanges(known) }
  const first = new PendingChanges(new Map())
  first.note(await readFirstList(source, signal))
  for (const [resource, version] of await listServedVersions(await discoverTypes(source, signal))) {
    if (!first.custom.has(resource)) first.noteVersion(resource, version)
  }
  await state.record(first.changed)
  return { source, state, pending: new PendingChanges(new Map(first.changed)) }
}

async function readFirstList(source: ClusterSource, signal: AbortSignal) {
  for await (const change of source.watch?.(signal) ?? [])
    if (change.type === 'listed') return change
  throw new Error('the watch ended before its first list')
}

async function collectChanges(
  { source, pending }: WatchContext,
  debounce: Debounce,
  signal: AbortSignal,
): Promise<void> {
  for await (const change of source.watch?.(signal) ?? []) {
    const before = pending.size
    pending.note(change)
    // A status update does not change the type, so it must not start a run.
    const isStatusUpdate =
      pending.size === before && change.type === 'changed' && !pending.changed.has(change.crd.name)
    if (!isStatusUpdate && pending.size > 0) debounce.trigger()
  }
}

async function processInLoop(
  deps: ProcessDeps,
  watching: WatchContext,
  debounce: Debounce,
  { times, signal }: { times: WatchTimes; signal: AbortSignal },
): Promise<void> {
  let delayMs = times.pollMs
  while (!signal.aborted) {
    await debounce.wait(delayMs, signal)
    let hasFailed = false
    try {
      await processChanges(deps, watching, signal)
    } catch (error) {
      hasFailed = true
      if (!signal.aborted) deps.log.warn({ err: error }, 'processing changes failed; it is retried')
    }
    delayMs = computeNextRunDelayMs(watching, {
      retryMs: times.retryMs,
      maxMs: times.pollMs,
      hasFailed,
    })
  }
}

interface Debounce {
  trigger(): void
  /**
   * Waits until a trigger and the following quiet time, or `delayMs` without a trigger. Throws the reason of the
   * signal.
   */
  wait(delayMs: number, signal: AbortSignal): Promise<void>
}

/** Creates a trailing debounce with a maximum delay. */
function createDebounce({ quietMs, maxMs }: WatchTimes): Debounce {
  let first: number | undefined
  let last = 0
  let wake = new AbortController()
  return {
    trigger: () => {
      last = performance.now()
      first ??= last
      wake.abort()
    },
    wait: async (nextRunDelayMs, signal) => {
      if (first === undefined)
        await sleep(nextRunDelayMs, { signal: AbortSignal.any([signal, wake.signal]) })
      for (;;) {
        signal.throwIfAborted()
        if (first === undefined) return
        const dueIn = Math.min(last + quietMs, first + maxMs) - performance.now()
        if (dueIn <= 0) break
        await sleep(dueIn, { signal })
      }
      first = undefined
      wake = new AbortController()
    },
  }
}
