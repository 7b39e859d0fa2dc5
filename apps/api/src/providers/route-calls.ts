import type { CallBlock } from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import type { RouteCalls } from '@capstan/scan-store/journal/eta/scan-forecast'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { findBlock } from '@capstan/limits/limiter/find-block'
import type { LimitsSnapshot } from '@capstan/limits/types'
import type { AccountState } from './account-state.ts'
import { sumCallLimits } from './combine-capacity.ts'

interface SpeedInputs {
  states: AccountState[]
  /** Workers that serve the route. */
  workers: WorkerStatus[]
  /** Why no call starts, for a reason that does not end with the next permit. */
  standstill: CallBlock | null
  /** The pause of the queue of the route. It often follows from a limit, and then explains less. */
  routePause: CallBlock | null
}

type Wait = NonNullable<LimitsSnapshot['wait']>

/** Describes how many calls of a route are in flight, and what bounds their number. */
export function describeRouteCalls({
  states,
  workers,
  standstill,
  routePause,
}: SpeedInputs): RouteCalls {
  const snapshots = states.map(({ snapshot }) => snapshot)
  const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const active = workers.reduce((sum, worker) => sum + worker.active, 0)
  const calls = {
    inFlight: snapshots.reduce((sum, { concurrency }) => sum + concurrency.inFlight, 0),
    maxInFlight: states.length === 0 ? null : Math.min(slots, sumCallLimits(snapshots)),
  }
  const blocked = (block: CallBlock | null): RouteCalls['bound'] =>
    block && { ...toBound(block), ...calls }
  return {
    bound: blocked(standstill) ?? findWait(states, slots) ?? blocked(routePause),
    ...calls,
    slots,
    areSlotsBusy: slots > 0 && active >= slots,
  }
}

function toBound({ kind, account, because, forMs }: CallBlock) {
  const subject = account === null ? '' : `account ${account}: `
  const next = kind === 'batch' ? '' : describeNext(forMs)
  return { kind, account, nextPermitMs: forMs, text: `${subject}${because}${next}` }
}

/** Calls wait for a limit only when they wait at every account that is not blocked. */
function findWait(states: AccountState[], slots: number): RouteCalls['bound'] {
  const usable = states.filter(({ snapshot }) => findBlock(snapshot) === null)
  const waits = usable.flatMap(({ account, snapshot }) =>
    snapshot.wait ? [{ account, snapshot, wait: snapshot.wait }] : [],
  )
  if (waits.length < usable.length) return null
  const [first] = waits.toSorted((a, b) => a.wait.forMs - b.wait.forMs)
  if (!first) return null
  const { account, snapshot, wait } = first
  const { inFlight } = snapshot.concurrency
  const maxInFlight = Math.min(slots, sumCallLimits([snapshot]))
  // The time until a slot is free is a guess.
  const nextPermitMs = wait.because === 'concurrency' ? null : wait.forMs
  const text = `limited by ${NAMES[wait.because]} of account ${account}: ${inFlight} of ${maxInFlight} calls in flight`
  return {
    kind: wait.because,
    account,
    inFlight,
    maxInFlight,
    nextPermitMs,
    text: `${text}${describeNext(nextPermitMs)}${describeLowering(snapshot, wait)}`,
  }
}

const NAMES: Record<Wait['because'], string> = {
  requests: 'requests a minute',
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
  tokens: 'tokens',
  concurrency: 'the concurrency limit',
}

function describeNext(ms: number | null): string {
  if (ms === null || ms === 0) return ''
  return `, next permit in ${ms < 1_000 ? `${ms} ms` : `${Math.ceil(ms / 1_000)} s`}`
}

function describeLowering({ concurrency }: LimitsSnapshot, { because }: Wait): string {
  const { decreaseReason } = concurrency
  if (because !== 'concurrency' || decreaseReason === null) return ''
  return `; lowered: ${decreaseReason}`
}
