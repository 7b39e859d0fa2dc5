import { sleep } from '@capstan/shared/async/sleep'
import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { runAsLeader } from '@capstan/redis/lead'
import { discover } from '../clusters/find-types.ts'
import {
  actOnChanges,
  offeredVersions,
  patienceMs,
  type ActDeps,
  type Watching,
} from './process-changes.ts'
import { PendingChanges } from './pending-changes.ts'
import { PutOff } from './retry-backoff.ts'
import { openWatchState } from './watch-state.ts'

export interface WatchTimes {
  /** A change is acted on when nothing more has happened for so long. */
  quietMs: number
  /** But at the latest this long after it happened. */
  mostMs: number
  /** What discovery does not show yet, or failed, is tried again after this, and then each time after twice as long. */
  retryMs: number
  /** The same for a type that nothing can be read of, and the longest that it waits between two tries. */
  rereadMs: number
  mostRereadMs: number
  /** How often types that no CRD defines are looked at. */
  pollMs: number
  leaseMs: number
}

/** An operator is installed over tens of seconds, and discovery lags behind its CRDs. */
const USUAL: WatchTimes = {
  quietMs: 10_000,
  mostMs: 60_000,
  retryMs: 30_000,
  rereadMs: 30_000,
  mostRereadMs: 3_600_000,
  pollMs: 300_000,
  leaseMs: 15_000,
}

/** How often a cluster that is not configured yet is looked for. */
const FIND_MS = 5_000

export interface Watcher {
  stop(): Promise<void>
}

/** Watches the configured cluster in one of all API processes and scans what is new or has changed in it. */
export function startWatcher(deps: ActDeps, times: Partial<WatchTimes> = {}): Watcher {
  const stopping = new AbortController()
  const watching = watch(deps, { ...USUAL, ...times }, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await watching
    },
  }
}

async function watch(deps: ActDeps, settings: WatchTimes, signal: AbortSignal): Promise<void> {
  const source = await findSource(deps, signal)
  if (signal.aborted) return
  if (source?.watch === undefined) return deps.log.warn('this cluster cannot be watched')
  const key = deps.keys.watchLease(source.name)
  await runAsLeader({ redis: deps.redis, key, leaseMs: settings.leaseMs, signal }, (leading) =>
    watchAsLeader(deps, source, settings, leading),
  )
}

/** Waits for a kubeconfig that is written after the start; the search itself logs why there is none. */
async function findSource(
  { clusters }: ActDeps,
  signal: AbortSignal,
): Promise<ClusterSource | undefined> {
  while (!signal.aborted) {
    try {
      return clusters.named()
    } catch {
      await sleep(FIND_MS, { signal })
    }
  }
  return undefined
}

async function watchAsLeader(
  deps: ActDeps,
  source: ClusterSource,
  times: WatchTimes,
  lost: AbortSignal,
): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([lost, ended.signal])
  try {
    const watching = { ...(await begin(deps, source, signal)), ...waits(times) }
    const bell = createBell(times)
    deps.log.info({ cluster: source.name }, 'watching the cluster')
    await Promise.all([
      listen(watching, bell, signal).finally(() => ended.abort()),
      act(deps, watching, bell, { times, signal }).finally(() => ended.abort()),
    ])
  } catch (error) {
    if (!lost.aborted)
      deps.log.warn({ err: error }, 'watching the cluster failed; it is tried again')
  }
}

function waits(times: WatchTimes): Pick<Watching, 'unread' | 'unseen'> {
  return {
    unread: new PutOff(times.rereadMs, times.mostRereadMs),
    unseen: new PutOff(times.retryMs, times.pollMs),
  }
}

/** What was dealt with before. In a cluster never watched that is all there is: the user's first scan is of it. */
async function begin(
  deps: ActDeps,
  source: ClusterSource,
  signal: AbortSignal,
): Promise<Pick<Watching, 'source' | 'state' | 'pending'>> {
  const state = openWatchState(deps, source.name)
  const known = await state.read()
  if (known) return { source, state, pending: new PendingChanges(known) }
  const first = new PendingChanges(new Map())
  const custom = await firstList(source, signal)
  first.note(custom)
  for (const [resource, version] of await offeredVersions(await discover(source, signal))) {
    if (!first.custom.has(resource)) first.noteVersion(resource, version)
  }
  await state.note(first.changed)
  return { source, state, pending: new PendingChanges(new Map(first.changed)) }
}

async function firstList(source: ClusterSource, signal: AbortSignal) {
  for await (const news of source.watch?.(signal) ?? []) if (news.type === 'listed') return news
  throw new Error('the watch ended before it began')
}

async function listen(
  { source, pending }: Watching,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  for await (const news of source.watch?.(signal) ?? []) {
    const before = pending.size
    pending.note(news)
    // An update of a status changes nothing, and must cost nothing.
    if (pending.size !== before || news.type !== 'changed' || pending.changed.has(news.crd.name)) {
      if (pending.size > 0) bell.ring()
    }
  }
}

async function act(
  deps: ActDeps,
  watching: Watching,
  bell: Bell,
  { times, signal }: { times: WatchTimes; signal: AbortSignal },
): Promise<void> {
  let patience = times.pollMs
  while (!signal.aborted) {
    await bell.heard(patience, signal)
    let hasFailed = false
    try {
      await actOnChanges(deps, watching, signal)
    } catch (error) {
      hasFailed = true
      if (!signal.aborted) deps.log.warn({ err: error }, 'a change is not dealt with yet')
    }
    patience = patienceMs(watching, { retryMs: times.retryMs, mostMs: times.pollMs, hasFailed })
  }
}

interface Bell {
  ring(): void
  /** Waits until it rang and then was quiet, or `patienceMs` without a ring. Throws the signal's reason. */
  heard(patienceMs: number, signal: AbortSignal): Promise<void>
}

/** A trailing debounce with a ceiling. */
function createBell({ quietMs, mostMs }: WatchTimes): Bell {
  let first: number | undefined
  let last = 0
  let wake = new AbortController()
  return {
    ring: () => {
      last = performance.now()
      first ??= last
      wake.abort()
    },
    heard: async (patienceMs, signal) => {
      if (first === undefined)
        await sleep(patienceMs, { signal: AbortSignal.any([signal, wake.signal]) })
      for (;;) {
        signal.throwIfAborted()
        if (first === undefined) return
        const dueIn = Math.min(last + quietMs, first + mostMs) - performance.now()
        if (dueIn <= 0) break
        await sleep(dueIn, { signal })
      }
      first = undefined
      wake = new AbortController()
    },
  }
}
