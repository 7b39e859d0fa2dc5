import { randomUUID } from 'node:crypto'
import type { Log } from '@capstan/shared/log'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { HeldResultLease, ResultLeaseOutcome } from '@capstan/scan-store/results/result-leases'
import { withTimeout } from '@capstan/shared/async/with-timeout'

/** The answer that an attempt is about to pay for. */
export interface LeaseRequest {
  contentKey: string
  scanId: string
  /** Only stored answers of this scan count. */
  onlyOf?: string | undefined
  /** Called once when another attempt has taken over the lease. */
  onLost?: (() => void) | undefined
}

/** The reply to a lease request; each request has an owner id of its own. */
export interface AcquiredLease {
  lease: ResultLeaseOutcome
  /** Stores the answer and ends the lease. If Redis rejects the write, the lease is kept and `put` may be called again. */
  put(result: StoredResult): Promise<void>
  /** Releases the lease, if there is one. Repeats the release after a Redis fault. Never throws. */
  release(): Promise<void>
}

/** The result leases of this process, renewed every 5 s while their attempts run. */
export interface LeaseHolder {
  acquire(request: LeaseRequest): Promise<AcquiredLease>
  /** Releases all leases. Waits for Redis for at most 2 s. */
  stop(): Promise<void>
}

interface LeaseHolderDeps {
  results: Pick<ResultCache, 'lease' | 'renew' | 'release' | 'put'>
  log: Log
  workerId: string
  /** Default: a third of the lease time. */
  renewMs?: number
}

interface Held extends HeldResultLease {
  onLost: (() => void) | undefined
}

interface LeaseHolderState {
  held: Map<string, Held>
  /** Leases whose release has not reached Redis yet. */
  ending: Map<string, HeldResultLease>
}

const RENEW_MS = 5_000
const MOST_STOP_MS = 2_000

export function openLeaseHolder(deps: LeaseHolderDeps): LeaseHolder {
  const state: LeaseHolderState = { held: new Map(), ending: new Map() }
  let renewing: Promise<void> | undefined
  const renewOnce = (): void => {
    // During a Redis outage at most one renewal waits; it is the first command afterwards.
    renewing ??= renewAll(deps, state).finally(() => (renewing = undefined))
  }
  const timer = setInterval(renewOnce, deps.renewMs ?? RENEW_MS).unref()
  return {
    acquire: (request) => acquire(deps, state, request),
    stop: async () => {
      clearInterval(timer)
      const left = [...state.held.values(), ...state.ending.values()]
      const released = Promise.all(left.map((lease) => end(deps, state, lease)))
      await withTimeout(released, MOST_STOP_MS, 'the leases').catch(() => undefined)
    },
  }
}

async function acquire(
  deps: LeaseHolderDeps,
  state: LeaseHolderState,
  { contentKey, scanId, onlyOf, onLost }: LeaseRequest,
): Promise<AcquiredLease> {
  const owner = { id: randomUUID(), worker: deps.workerId, scanId }
  const lease = await deps.results.lease(contentKey, owner, { onlyOf }).catch((error: unknown) => {
    // Redis may have granted the lease although the reply was lost.
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

function end(
  deps: LeaseHolderDeps,
  state: LeaseHolderState,
  lease: HeldResultLease,
): Promise<void> {
  state.held.delete(lease.owner.id)
  state.ending.set(lease.owner.id, lease)
  return release(deps, state, lease)
}

async function release(
  { results, log }: LeaseHolderDeps,
  { ending }: LeaseHolderState,
  { contentKey, owner }: HeldResultLease,
): Promise<void> {
  try {
    await results.release(contentKey, owner)
    ending.delete(owner.id)
  } catch (error) {
    log.debug({ err: error, contentKey }, 'could not release a lease; will retry')
  }
}

async function renewAll(deps: LeaseHolderDeps, state: LeaseHolderState): Promise<void> {
  const { results, log } = deps
  const held = [...state.held.values()]
  try {
    const renewed = await results.renew(held)
    for (const [index, { owner, onLost }] of held.entries()) {
      // A lease that was released or stored meanwhile is not lost.
      if (renewed[index] === true || !state.held.delete(owner.id)) continue
      onLost?.()
    }
  } catch (error) {
    log.debug({ err: error }, 'could not renew leases; will retry')
  }
  for (const lease of state.ending.values()) await release(deps, state, lease)
}
