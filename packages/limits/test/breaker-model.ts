import type { BreakerChange, CallOutcome, LimitsSnapshot } from '@capstan/limits/types'

export interface BreakerModel {
  epoch(): number
  view(): LimitsSnapshot['breaker']
  wait(): number
  /** When a call may start; 0 if it may now. */
  blockEnd(): number
  enter(ttlMs: number): { probe: number; change: 'half-open' | undefined }
  leave(epoch: number, probe: number, outcome: CallOutcome): BreakerChange | undefined
  /** Ends the open period. */
  resume(): void
}

type State =
  | { name: 'closed'; outcomes: { slot: number; ok: boolean }[] }
  | { name: 'open'; until: number; openPeriods: number }
  | { name: 'half-open'; probes: Map<number, number>; answered: number; openPeriods: number }

/** Model of breaker.lua: a list of outcomes and a clock. The limiter of the test draws 0.5, so open periods have no jitter. */
export function breakerModel(clock: () => number): BreakerModel {
  let epoch = 0
  let state: State = { name: 'closed', outcomes: [] }
  let since: number | undefined
  let reason: string | null = null
  const unhealthySince = (): number | undefined => {
    const isStale = state.name === 'open' && clock() - state.until > 120_000
    return isStale ? undefined : since
  }
  const become = (next: State): void => {
    since = next.name === 'closed' ? undefined : (unhealthySince() ?? clock())
    if (next.name === 'closed') reason = null
    state = next
    epoch += 1
  }
  const open = (openPeriods: number, { kind, cause }: CallOutcome): BreakerChange => {
    reason = cause ?? kind
    const forMs = Math.min(7_000, 5_000 * 2 ** openPeriods)
    become({ name: 'open', until: clock() + forMs, openPeriods })
    return { to: 'open', forMs }
  }
  const isDue = (): boolean => state.name === 'open' && clock() >= state.until
  const freeProbe = (probes: Map<number, number>): number | undefined =>
    [1, 2].find((probe) => (probes.get(probe) ?? 0) <= clock())
  const count = (outcomes: { slot: number; ok: boolean }[], ok: boolean): boolean => {
    const slot = Math.floor(clock() / 10_000)
    outcomes.push({ slot, ok })
    const recent = outcomes.filter((outcome) => outcome.slot > slot - 6)
    const failed = recent.filter((outcome) => !outcome.ok).length
    const run = outcomes.length - 1 - outcomes.findLastIndex((outcome) => outcome.ok)
    const before = Math.max(0, failed - run)
    const counted = recent.length - failed + before
    const rate = counted >= 20 ? before / counted : 0
    const isLong = Math.max(0.06, Math.min(0.25, rate)) ** run <= 1e-6
    return isLong || (recent.length >= 10 && failed * 2 >= recent.length)
  }
  return {
    epoch: () => epoch,
    view: () => {
      const unhealthyMs = clock() - (unhealthySince() ?? clock())
      const rest = { epoch, unhealthyMs, reason }
      if (state.name !== 'open') return { state: state.name, forMs: 0, ...rest }
      if (isDue()) return { state: 'half-open', forMs: 0, ...rest }
      return { state: 'open', forMs: state.until - clock(), ...rest }
    },
    wait: () => {
      if (state.name === 'open') return Math.max(0, state.until - clock())
      if (state.name === 'half-open' && freeProbe(state.probes) === undefined) return 250
      return 0
    },
    blockEnd: () => {
      if (state.name === 'open') return state.until
      if (state.name === 'half-open' && freeProbe(state.probes) === undefined) {
        return Math.min(...state.probes.values())
      }
      return 0
    },
    resume: () => {
      if (state.name === 'open') state.until = Math.min(state.until, clock())
    },
    enter: (ttlMs) => {
      const change = isDue() ? 'half-open' : undefined
      if (state.name === 'open') {
        become({
          name: 'half-open',
          probes: new Map(),
          answered: 0,
          openPeriods: state.openPeriods,
        })
      }
      if (state.name !== 'half-open') return { probe: 0, change }
      const probe = freeProbe(state.probes) ?? 0
      state.probes.set(probe, clock() + ttlMs)
      return { probe, change }
    },
    leave: (grantedIn, probe, outcome) => {
      const { kind } = outcome
      if (grantedIn !== epoch) return undefined
      const ok = kind === 'answered'
      const isRelevant = ok || kind === 'overload' || kind === 'timeout'
      if (state.name === 'half-open') {
        state.probes.delete(probe)
        if (!isRelevant) return undefined
        if (!ok) return open(state.openPeriods + 1, outcome)
        state.answered += 1
        if (state.answered < 2) return undefined
        become({ name: 'closed', outcomes: [] })
        return { to: 'closed', forMs: 0 }
      }
      if (state.name !== 'closed' || !isRelevant) return undefined
      return count(state.outcomes, ok) ? open(0, outcome) : undefined
    },
  }
}
