import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import type { LedgerEntry } from './model-call.ts'

/** The calls of an attempt, and what is stored of what they bought. Immutable: each stage returns a new one. */
export interface Ledger {
  readonly calls: readonly LedgerEntry[]
  /** `unfinished`: a paid answer that is not valid yet. `nothing` once another call has been paid for. */
  readonly kept: 'nothing' | 'unfinished' | 'answer'
}

export const NOTHING_SPENT: Ledger = { calls: [], kept: 'nothing' }

export function createLedger(...calls: LedgerEntry[]): Ledger {
  return { calls, kept: 'nothing' }
}

/** The ledger of two steps, the earlier one first. */
export function addLedgers(earlier: Ledger, later: Ledger): Ledger {
  const hasPaid = later.calls.some(({ outcome }) => outcome === 'answered')
  const kept = later.kept === 'nothing' && !hasPaid ? earlier.kept : later.kept
  return { calls: [...earlier.calls, ...later.calls], kept }
}

/** Tokens that bought an answer, also one that is not valid. */
export function usageBought({ calls }: Ledger): Usage {
  return calls
    .filter(({ isCutOff }) => !isCutOff)
    .map(({ usage }) => usage)
    .reduce(addUsage, NO_USAGE)
}

/** Whether anything was bought, at the price of the model that answers. */
export function hasBought(ledger: Ledger): boolean {
  return totalTokens(usageBought(ledger)) > 0
}

/** Calls that were sent for the item itself: no share of another call, and no batch. */
export function countCalls({ calls }: Ledger): number {
  return calls.filter(({ source }) => source === 'call').length
}

/** The call that was recorded last; undefined when none was sent. */
export function lastCall({ calls }: Ledger): LedgerEntry | undefined {
  return calls.at(-1)
}

/** The same ledger once the answers of batches in it are used up or stored elsewhere. */
export function takeBatchAnswers(ledger: Ledger): Ledger {
  const calls = ledger.calls.map((call) =>
    call.source === 'batch' ? { ...call, isTaken: true } : call,
  )
  return { ...ledger, calls }
}
