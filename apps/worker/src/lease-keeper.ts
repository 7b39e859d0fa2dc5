import { randomUUID } from 'node:crypto'
import type { Log } from '@capstan/shared/log'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { HeldResultLease, ResultLeaseOutcome } from '@capstan/scan-store/results/result-leases'
import { withTimeout } from '@capstan/shared/async/with-timeout'

/** What a start wants to pay for. */
export interface LeaseRequest {
  contentKey: string
  scanId: string
  /** The scan whose answers alone count. */
  onlyOf?: string | undefined
  /** Called once when another start has taken the lease over. */
  onLost?: (() => void) | undefined
}

/** A lease that was asked for, under an owner of its own. */
export interface TakenLease {
  lease: ResultLeaseOutcome
  /** Stores the answer and ends the lease. Rejects when Redis does; the lease is then kept, and `put` may be called again. */
  put(result: StoredResult): Promise<void>
  /** Ends the lease; a fault of Redis is not reported, and it is tried again until it succeeds. Harmless when there is none. */
  release(): Promise<void>
}

/** The leases of a worker, renewed every 5 s for as long as their starts work. */
export interface LeaseKeeper {
  take(request: LeaseRequest): Promise<TakenLease>
  /** Releases what is left and ends. Waits for Redis for 2 s at most. */
  stop(): Promise<void>
}

interface KeeperDeps {
  results: Pick<ResultCache, 'lease' | 'renew' | 'release' | 'put'>
  log: Log
  workerId: string
  /** Default: a third of what a lease lasts. */
  renewMs?: number
}

interface Held extends HeldResultLease {
  onLost: (() => void) | undefined
}

interface KeeperState {
  held: Map<string, Held>
  /** Released here, and not yet in Redis. */
  ending: Map<string, HeldResultLease>
}

const RENEW_MS = 5_000
const MOST_STOP_MS = 2_000

export function openLeaseKeeper(deps: KeeperDeps): LeaseKeeper {
  const state: KeeperState = { held: new Map(), ending: new Map() }
  let renewing: Promise<void> | undefined
  const renewOnce = (): void => {
    // During an outage of Redis one renewal waits, and goes out first afterwards.
    renewing ??= renewAll(deps, state).finally(() => (renewing = undefined))
  }
  const timer = setInterval(renewOnce, deps.renewMs ?? RENEW_MS).unref()
  return {
    take: (request) => take(deps, state, request),
    stop: async () => {
      clearInterval(timer)
      const left = [...state.held.values(), ...state.ending.values()]
      const released = Promise.all(left.map((lease) => end(deps, state, lease)))
      await withTimeout(released, MOST_STOP_MS, 'the leases').catch(() => undefined)
    },
  }
}

async function take(
  deps: KeeperDeps,
  state: KeeperState,
  { contentKey, scanId, onlyOf, onLost }: LeaseRequest,
): Promise<TakenLease> {
  const owner = { id: randomUUID(), worker: deps.workerId, scanId }
  const lease = await deps.results.lease(contentKey, owner, { onlyOf }).catch((error: unknown) => {
    // It may be taken all the same.
    void end(deps, state, { contentKey, owner })
    throw error
  })
  if (lease.outcome === 'acquired') state.held.set(owner.id, { contentKey, owner, onLost })
  return {
    lease,
    put: async (result) => {
      await deps.results.put(contentKey, result, owner)
      state.held.delete(owner.id)
    },
    release: async () => {
      if (state.held.has(owner.id)) await end(deps, state, { contentKey, owner })
    },
  }
}

function end(deps: KeeperDeps, state: KeeperState, lease: HeldResultLease): Promise<void> {
  state.held.delete(lease.owner.id)
  state.ending.set(lease.owner.id, lease)
  return release(deps, state, lease)
}

async function release(
  { results, log }: KeeperDeps,
  { ending }: KeeperState,
  { contentKey, owner }: HeldResultLease,
): Promise<void> {
  try {
    await results.release(contentKey, owner)
    ending.delete(owner.id)
  } catch (error) {
    log.debug({ err: error, contentKey }, 'a lease could not be released; it is tried again')
  }
}

async function renewAll(deps: KeeperDeps, state: KeeperState): Promise<void> {
  const { results, log } = deps
  const held = [...state.held.values()]
  try {
    const renewed = await results.renew(held)
    for (const [index, { owner, onLost }] of held.entries()) {
      // Released or stored meanwhile, it is no loss.
      if (renewed[index] === true || !state.held.delete(owner.id)) continue
      onLost?.()
    }
  } catch (error) {
    log.debug({ err: error }, 'leases could not be renewed; they are tried again')
  }
  for (const lease of state.ending.values()) await release(deps, state, lease)
}
