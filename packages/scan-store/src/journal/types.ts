import type { Usage } from '@capstan/shared/contract/usage'
import type { Page } from '@capstan/shared/contract/page'
import type { ItemProblem, ProviderFault } from '@capstan/shared/contract/problem'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { ItemStatus, ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Price } from '@capstan/shared/prices/price'
import type { AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import type { NewScan, OpenOutcome, RouteBoundScope } from './new-scan.ts'

/** What a plan fixes of one type. `definition` is its name in the definition store. */
interface PlannedType {
  resource: string
  kind: string
  group: string
  version: string
  scope: 'Namespaced' | 'Cluster'
  definition: string
  /** Hash of the whole definition, of which the outline is a part. */
  definitionHash?: string | undefined
  contentKey: string
  estimatedTokens: number
  /** Null or left out when the price is not known. */
  estimatedCostUsd?: number | null
  truncated: boolean
}

/** What becomes of a planned type. */
type PlannedAction =
  /** Born queued: a worker answers it. */
  | { action: 'analyze' }
  /** Born succeeded: the answer to its question is stored, and its catalog row is written. */
  | { action: 'stored'; answer: AnswerSummary }
  /** Born skipped: its catalog row already holds the answer. */
  | { action: 'unchanged' }
  /** Born failed. */
  | { action: 'undescribable'; problem?: ItemProblem }

export type PlanEntry = PlannedType & PlannedAction

export interface Plan {
  entries: PlanEntry[]
  excluded: { resource: string; reason: string }[]
  unavailable: Scan['unavailable']
  warnings: string[]
}

/** What a scan knew of one type, and a hash of what it found. */
export interface ScanFinding {
  /** Hash of the definition; of its outline in scans of older versions. */
  definition: string
  /** Names the question: outline, prompt and model. */
  contentKey: string
  status: ItemStatus
  answer: string | undefined
}

export type PlanOutcome = 'planned' | 'already-planned' | 'not-open'

export type Claim =
  | {
      outcome: 'claimed'
      /** Fencing token: record only counts with the newest epoch of the item. */
      epoch: number
      /** Number of this start, counting only those that use up an attempt. */
      attempt: number
      entry: PlanEntry
      scan: Pick<Scan, 'id' | 'cluster' | 'provider' | 'model' | 'mode' | 'execution'> & {
        price: Price | null
        /** Most of its jobs in the queue at a time; null: all of them. */
        concurrency: number | null
      }
    }
  /** The job has nothing to do. `ended`: how its item ended before. */
  | {
      outcome: 'refused'
      because: 'paused' | 'canceled' | 'already-done' | 'unknown'
      ended?: { status: ItemStatus; problem: ItemProblem | null }
    }
  /**
   * Another start pays for the answer, for `scanId`; nothing is recorded. `retryAfterMs`: until its lease may be taken over
   * should its worker be gone. `waits`: how often the item has waited in a row.
   */
  | { outcome: 'waiting'; scanId: string; retryAfterMs: number; waits: number }

interface AttemptFacts {
  worker: string
  /** RFC 3339. */
  startedAt: string
  durationMs: number
  provider: string
  model: string
  usage: Usage
  /** Model calls made by this attempt, repairs included. */
  calls: number
  /** Null when the model has no known price. An attempt that failed has spent its tokens all the same. */
  costUsd?: number | null
  /** What a batch has answered is counted here: it leaves the batch store in the same step, so it counts once. */
  fromBatch?: boolean
}

/** What became of one claimed item. */
export type AttemptOutcome =
  | ({
      type: 'succeeded'
      cached: boolean
      costUsd: number | null
    } & AnswerSummary &
      AttemptFacts)
  | ({ type: 'failed'; problem: ItemProblem } & AttemptFacts)
  /** `free`: the provider asked us to wait; no attempt is used. */
  | ({ type: 'retrying'; problem: ItemProblem; delayMs: number; free?: boolean } & AttemptFacts)
  /** Handed back: to queued, the attempt is not counted. Canceled when the scan is being canceled. */
  | ({ type: 'released'; because: string } & AttemptFacts)
  /** The same before it made a call: it is not kept among the attempts either. */
  | ({ type: 'deferred'; because: string } & AttemptFacts)

/** `fenced`: a newer claim owns the item. `duplicate`: it already ended. Neither has any effect. */
export type RecordOutcome = 'recorded' | 'duplicate' | 'fenced' | 'unknown'

/** A valid answer to the question of an item that no worker has claimed. */
export interface UnclaimedAnswer extends AnswerSummary {
  /** An answer that was stored before and costs the scan nothing; else one of a batch of the scan. */
  cached: boolean
  /** The process that found it. */
  worker: string
  /** RFC 3339. */
  startedAt: string
  durationMs: number
  usage: Usage
  /** Whether an item that runs is ended as well: its worker is known to be gone. */
  endsRunningItem?: boolean
}

/** `busy`: a worker has claimed the item. `absent`: its batch answer was recorded before. Neither has any effect. */
export type UnclaimedOutcome = 'recorded' | 'busy' | 'duplicate' | 'absent' | 'unknown'

/** What a running item may spend, with what its start has spent so far. */
export interface BudgetReservation {
  costUsd: number
  /** Default: as many as before. */
  tokens?: number
  /** Whether the scan pauses when there is not so much left. */
  pauses: boolean
}

/** `reserved` also without a budget. */
export type ReservationOutcome = 'reserved' | 'over-budget' | 'fenced' | 'unknown'

export type ControlOutcome =
  | { outcome: 'changed' | 'unchanged'; status: ScanStatus }
  | { outcome: 'wrong-state'; status: ScanStatus }
  /** Its budget stopped the scan, and the new one gives it no more of what it ran out of. */
  | { outcome: 'over-budget'; status: ScanStatus }
  /** A bound on live routes refuses the route of the scan; nothing was changed. */
  | { outcome: 'overloaded'; status: ScanStatus; bound: RouteBoundScope }
  | { outcome: 'unknown' }

/** An item that has not ended. */
export interface PendingItem {
  resource: string
  status: 'queued' | 'retrying' | 'running'
}

/** What the job and the question of an item are built from. */
export interface JobInput extends PendingItem {
  /** Its name in the definition store. */
  definition: string
  contentKey: string
  estimatedTokens: number
  estimatedCostUsd: number | null
  /** Starts that used up an attempt. */
  attempt: number
  /** Set while it is retrying. */
  nextAttemptAtMs: number | null
}

export type RetryOutcome =
  | (ControlOutcome & { requeued?: number })
  /** `resources`: names that are not of the scan, or of types that have neither failed nor been canceled. */
  | { outcome: 'not-failed'; status: ScanStatus; resources: string[] }

export type DiscardOutcome =
  /** `resources`: those that were asked for and are discarded now. */
  | { outcome: 'changed' | 'unchanged'; status: ScanStatus; resources: string[] }
  /** `resources`: names that are not of the scan or have not failed. */
  | { outcome: 'not-failed'; status: ScanStatus; resources: string[] }
  | { outcome: 'wrong-state'; status: ScanStatus }
  | { outcome: 'unknown' }

export interface RepairReport {
  /** Items whose recorded state and state set disagreed and were put right. */
  repaired: string[]
}

export interface EventPage {
  events: StoredEvent[]
  /** Set when events after the asked id were trimmed away: first and last missing sequence number. */
  gap: { from: number; to: number } | null
}

/** What brought a pause about, where something other than a person did. */
export interface PauseCause {
  problem?: ItemProblem
  /** The failed call, when it was one. */
  fault?: ProviderFault | undefined
}

/**
 * The truth about scans. Every method that changes something is one Lua script that moves the item
 * state, the counters and the event stream together; every method may be called again after a lost answer.
 */
export interface Journal {
  /** Opens a scan and announces its route in one step, unless it joins another scan or a bound refuses it. */
  open(scan: NewScan): Promise<OpenOutcome>
  /**
   * Makes the route of an unfinished, unpaused scan live; called before jobs are added. `live`: it was live before.
   * `not-active`: the scan needs no jobs.
   */
  announceRoute(scanId: string): Promise<'announced' | 'live' | 'overloaded' | 'not-active'>
  /**
   * Writes the whole plan in one step. A plan with nothing to analyse seals the scan at once. Repeated, it changes
   * nothing and returns `already-planned`.
   */
  plan(scanId: string, plan: Plan): Promise<PlanOutcome>
  /** Ends a scan whose planning failed for good. */
  failScan(scanId: string, problem: ItemProblem): Promise<ControlOutcome>

  /** `contentKey`: of its question, whose lease is respected. */
  claim(scanId: string, resource: string, worker: string, contentKey?: string): Promise<Claim>
  /**
   * Sets aside as much of the scan's budget for a running item; what was set aside for it before is free again, unless
   * there is not so much left.
   */
  reserve(
    scanId: string,
    resource: string,
    epoch: number,
    needed: BudgetReservation,
  ): Promise<ReservationOutcome>
  record(
    scanId: string,
    resource: string,
    epoch: number,
    outcome: AttemptOutcome,
  ): Promise<RecordOutcome>
  /**
   * Records an answer of an item that waits, in an attempt of its own and at the price of a batch. A batch answer leaves the
   * batch store in the same step, so it counts once.
   */
  recordUnclaimed(
    scanId: string,
    resource: string,
    answer: UnclaimedAnswer,
  ): Promise<UnclaimedOutcome>
  /** Counts answers of a batch that no type of the scan takes over any more; also when it has ended. */
  spendInBatch(scanId: string, spent: { calls: number; usage: Usage }): Promise<void>
  /** Ends a running item whose job is gone for good (stall limit), whatever its epoch. */
  abandon(scanId: string, resource: string, problem: ItemProblem): Promise<RecordOutcome>

  /** A pause that would end by itself (`until` of its problem) gives way to one that would not. */
  pause(scanId: string, by: string, reason: string, cause?: PauseCause): Promise<ControlOutcome>
  /** `budget` replaces the limits that it names. */
  resume(scanId: string, by: string, budget?: Budget): Promise<ControlOutcome>
  /** Queued and retrying items become canceled at once; running ones when their worker records. */
  cancel(scanId: string, by: string): Promise<ControlOutcome>
  /**
   * Puts failed items (all, or the named failed and canceled ones) back to queued and reopens the scan with runAttempt + 1.
   * Changes nothing when one of the names is of no such item.
   */
  retry(scanId: string, by: string, only?: string[]): Promise<RetryOutcome>
  /**
   * Marks failed items of a finished scan (all, or the named) as skipped with reason `discarded`, and computes its final
   * status again. Changes nothing when one of the names is not that of a failed or discarded item.
   */
  discard(scanId: string, only?: string[]): Promise<DiscardOutcome>
  /** Forgets a finished scan; `wrong-state` while it runs. */
  forget(scanId: string): Promise<ControlOutcome>

  /** One consistent read: counters always sum to the total. */
  scan(scanId: string): Promise<Scan | undefined>
  scans(query: {
    status?: ScanStatus
    cluster?: string
    labels?: Record<string, string>
    createdAfter?: string
    limit: number
    cursor?: string
  }): Promise<Page<Scan>>
  activeScanIds(): Promise<string[]>
  item(scanId: string, resource: string): Promise<ScanItem | undefined>
  items(
    scanId: string,
    query: { status?: ItemStatus; sort?: 'resource' | 'duration'; limit: number; cursor?: string },
  ): Promise<Page<ScanItem>>
  /** What the scan knew of each type and what became of it, for comparing scans. */
  findings(scanId: string): Promise<Map<string, ScanFinding>>
  excluded(scanId: string): Promise<Plan['excluded']>
  /** The types of its plan, in no order. */
  resources(scanId: string): Promise<string[]>
  /** The types that run now, in no order. */
  running(scanId: string): Promise<string[]>
  /**
   * Items that have not ended, in one consistent read: running ones, then retrying ones, then queued ones in the order of
   * the plan. `most`: no more than so many of each state.
   */
  pending(scanId: string, most?: number): Promise<PendingItem[]>
  /** What jobs and questions of these items are built from; nothing for those that have ended. */
  jobInputs(scanId: string, resources: string[]): Promise<JobInput[]>
  events(scanId: string, after: number, limit: number): Promise<EventPage>
  /** Recomputes counters from item states. */
  repair(scanId: string): Promise<RepairReport>
}
