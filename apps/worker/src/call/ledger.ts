import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import type { CallOutcome } from '@capstan/limits/types'
import type { Route } from '@capstan/scan-store/routes/route'
import type { CallTarget } from '../accounts/account.ts'

/** `again`: the endpoint refused the dialect of the call before it. `hedged`: beside a call that takes unusually long. */
export type CallKind = 'first' | 'again' | 'hedged'

/** One call, as the ledger keeps it. */
export interface LedgerEntry {
  readonly route: Route
  /** Null: a batch answered. */
  readonly target: CallTarget | null
  readonly kind: CallKind
  /** `shared`: a share of a call that another item counts. `batch`: a request of a batch. */
  readonly source: 'call' | 'shared' | 'batch'
  /** Label of metrics: `answered`, `dialect_refused`, `aborted`, or the reason of the failure. */
  readonly outcome: string
  /** Undefined: it was answered. */
  readonly failure?:
    | (Omit<CallOutcome, 'kind'> & { kind: Exclude<CallOutcome['kind'], 'answered'> })
    | undefined
  /** Estimated if the call was aborted after it was sent. */
  readonly usage: Usage
  readonly durationMs: number
  /** On the clock of `performance`. */
  readonly sentAt: number
  /** Aborted by Capstan: the call is counted, but has no answer. */
  readonly isCutOff?: boolean | undefined
  /** An answer of a batch that is used up or stored elsewhere, so that this attempt counts it. */
  readonly isTaken?: boolean | undefined
}

/** The calls of an attempt, and which of their results is stored. Immutable: each stage returns a new ledger. */
export interface Ledger {
  readonly calls: readonly LedgerEntry[]
  /** `unfinished`: a paid answer that is not valid yet. `nothing` once another call has been paid for. */
  readonly kept: 'nothing' | 'unfinished' | 'answer'
}

export const NOTHING_SPENT: Ledger = { calls: [], kept: 'nothing' }

export function createLedger(...calls: LedgerEntry[]): Ledger {
  return { calls, kept: 'nothing' }
}

/** Concatenates the ledgers of two steps, the earlier step first. */
export function addLedgers(earlier: Ledger, later: Ledger): Ledger {
  const hasPaid = later.calls.some(({ outcome }) => outcome === 'answered')
  const kept = later.kept === 'nothing' && !hasPaid ? earlier.kept : later.kept
  return { calls: [...earlier.calls, ...later.calls], kept }
}

/** Sums the tokens of answered calls, including invalid answers. */
export function sumUsage({ calls }: Ledger): Usage {
  return calls
    .filter(({ isCutOff }) => !isCutOff)
    .map(({ usage }) => usage)
    .reduce(addUsage, NO_USAGE)
}

/** Whether anything was bought, at the price of the model that answers. */
export function hasBought(ledger: Ledger): boolean {
  return totalTokens(sumUsage(ledger)) > 0
}

/** Counts the calls that were sent for the item: no shares of other calls and no batch requests. */
export function countCalls({ calls }: Ledger): number {
  return calls.filter(({ source }) => source === 'call').length
}

/** The call that was recorded last; undefined when none was sent. */
export function getLastCall({ calls }: Ledger): LedgerEntry | undefined {
  return calls.at(-1)
}

/** The account of the last call, unless it only asked to call later. */
export function findFailedAccount({ calls }: Ledger): string | undefined {
  const call = calls.findLast(({ target, outcome }) => target && outcome !== 'aborted')
  const kind = call?.failure?.kind
  const isLimited = kind === 'rate-limited' || kind === 'ramp-limited'
  return isLimited ? undefined : call?.target?.account.name
}

/** Marks the batch answers in a ledger as used. */
export function takeBatchAnswers(ledger: Ledger): Ledger {
  const calls = ledger.calls.map((call) =>
    call.source === 'batch' ? { ...call, isTaken: true } : call,
  )
  return { ...ledger, calls }
}
