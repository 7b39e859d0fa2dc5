import type { AnswerSource } from '@capstan/shared/contract/answer-source'
import type { Usage } from '@capstan/shared/contract/usage'
import type { Page } from '@capstan/shared/contract/page'
import type { ItemProblem, ProviderFault } from '@capstan/shared/contract/problem'
import type { ProgressAt } from '@capstan/shared/contract/scan/progress-at'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { ItemStatus, ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Price } from '@capstan/shared/prices/price'
import type { AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import type { ItemQuery } from './read/item-query.ts'
import type { NewScan, OpenOutcome, RouteBoundScope } from './open/new-scan.ts'

/** The planned fields of one type. `definition` is its key in the definition store. */
interface PlannedType {
  resource: string
  kind: string
  group: string
  version: string
  scope: 'Namespaced' | 'Cluster'
  definition: string
  /** Hash of the whole definition, including its outline. */
  definitionHash?: string | undefined
  contentKey: string
  estimatedTokens: number
  /** Null or absent when the price is unknown. */
  estimatedCostUsd?: number | null
  truncated: boolean
}

/** The first status of a planned type. */
type PlannedAction =
  /** Starts as queued: a worker analyzes it. */
  | { action: 'analyze' }
  /** Starts as succeeded: the answer of its content key is stored, and its catalog row is written. */
  | { action: 'stored'; answer: AnswerSummary; source: AnswerSource }
  /** Starts as succeeded: its catalog row with the curated answer is written. */
  | { action: 'curated'; answer: AnswerSummary }
  /** Starts as skipped: its catalog row already holds the answer. */
  | { action: 'unchanged' }
  /** Starts as failed. */
  | { action: 'undescribable'; problem?: ItemProblem }

export type PlanEntry = PlannedType & PlannedAction

export interface Plan {
  entries: PlanEntry[]
  excluded: { resource: string; reason: string }[]
  unavailable: Scan['unavailable']
  warnings: string[]
}

/** Input and result of one type in a scan, for comparing scans. */
export interface ScanFinding {
  /** Hash of the definition; scans of older versions hold the hash of the outline. */
  definition: string
  /** Hash of outline, prompt and model. */
  contentKey: string
  status: ItemStatus
  /** Hash of the answer. */
  answer: string | undefined
}

export type PlanOutcome = 'planned' | 'already-planned' | 'not-open'

export type Claim =
  | {
      outcome: 'claimed'
      /** Fencing token: `record` has no effect with an older epoch than the newest one of the item. */
      epoch: number
      /** Number of this attempt. Attempts that were released or deferred are not counted. */
      attempt: number
      /** The account at which the last failed attempt failed. */
      failedAccount?: string
      entry: PlanEntry
      scan: Pick<
        Scan,
        'id' | 'cluster' | 'provider' | 'model' | 'mode' | 'execution' | 'curated'
      > & {
        price: Price | null
        /** Maximum number of its jobs in the queue; null: all of them. */
        concurrency: number | null
      }
    }
  /** The job has nothing to do. `ended`: final status of its item. */
  | {
      outcome: 'refused'
      because: 'paused' | 'canceled' | 'already-done' | 'unknown'
      ended?: { status: ItemStatus; problem: ItemProblem | null }
    }
  /**
   * Another attempt, of `scanId`, pays for the answer; nothing is recorded. `retryAfterMs`: time until its lease may be taken
   * over if its worker is gone. `waits`: number of consecutive waits of the item.
   */
  | { outcome: 'waiting'; scanId: string; retryAfterMs: number; waits: number }

interface AttemptRecord {
  worker: string
  /** RFC 3339. */
  startedAt: string
  durationMs: number
  provider: string
  model: string
  usage: Usage
  /** Model calls of this attempt, including repair calls. */
  calls: number
  /** Null when the price of the model is unknown. A failed attempt has a cost, too. */
  costUsd?: number | null
  /** The answer came from a batch. It leaves the batch store in the same step, so it is counted once. */
  fromBatch?: boolean
}

/** How an attempt of a claimed item ended. */
export type AttemptOutcome =
  | ({
      type: 'succeeded'
      cached: boolean
      costUsd: number | null
    } & AnswerSummary &
      AttemptRecord)
  | ({ type: 'failed'; problem: ItemProblem } & AttemptRecord)
  /**
   * `usesNoAttempt`: the provider requested the wait, so no attempt is used. `failedAccount`: the account whose call failed; the
   * next attempt prefers others.
   */
  | ({
      type: 'retrying'
      problem: ItemProblem
      delayMs: number
      usesNoAttempt?: boolean
      failedAccount?: string | undefined
    } & AttemptRecord)
  /**
   * Requeued; the attempt is not counted. Canceled if the scan is canceling. `waitsFor`: another scan whose batch has the
   * question.
   */
  | ({ type: 'released'; because: string; waitsFor?: string | undefined } & AttemptRecord)
  /** Requeued before any call: the attempt is neither counted nor stored. */
  | ({ type: 'deferred'; because: string } & AttemptRecord)

/** `fenced`: a newer claim owns the item. `duplicate`: it has ended before. Both mean no effect. */
export type RecordOutcome = 'recorded' | 'duplicate' | 'fenced' | 'unknown'

/** A valid answer for an item that no worker has claimed. */
export interface UnclaimedAnswer extends AnswerSummary {
  /** True: a stored answer, which costs the scan nothing. False: an answer of a batch of the scan, or a curated one. */
  cached: boolean
  /** Version of the curated answers, when the answer is one of them. It costs the scan nothing and is no cache hit. */
  curatedVersion?: string | undefined
  /** The process that found it. */
  worker: string
  /** RFC 3339. */
  startedAt: string
  durationMs: number
  usage: Usage
  /** Also ends a running item, because its worker is known to be gone. */
  endsRunningItem?: boolean
}

/** `busy`: a worker has claimed the item. `absent`: its batch answer was recorded before. Both mean no effect. */
export type UnclaimedOutcome = 'recorded' | 'busy' | 'duplicate' | 'absent' | 'unknown'

/** The spend to reserve for a running item, including what its attempt has spent so far. */
export interface BudgetReservation {
  costUsd: number
  /** Default: unchanged. */
  tokens?: number
  /** Pause the scan when the budget does not suffice. */
  pausesWhenExceeded: boolean
}

/** `reserved` is also returned for a scan without a budget. */
export type ReservationOutcome = 'reserved' | 'over-budget' | 'fenced' | 'unknown'

export type ControlOutcome =
  | { outcome: 'changed' | 'unchanged'; status: ScanStatus }
  | { outcome: 'wrong-state'; status: ScanStatus }
  /** The budget stopped the scan, and the new budget does not raise the limit that was reached. */
  | { outcome: 'over-budget'; status: ScanStatus }
  /** A bound on live routes refuses the route of the scan. Nothing changed. */
  | { outcome: 'overloaded'; status: ScanStatus; bound: RouteBoundScope }
  | { outcome: 'unknown' }

/** An unfinished item. */
export interface PendingItem {
  resource: string
  status: 'queued' | 'retrying' | 'running'
}

/** Input of the job and of the question of an item. */
export interface JobInput extends PendingItem {
  /** Key in the definition store. */
  definition: string
  contentKey: string
  estimatedTokens: number
  estimatedCostUsd: number | null
  /** Number of used attempts. */
  attempt: number
  /** Set while it is retrying. */
  nextAttemptAtMs: number | null
}

export type RetryOutcome =
  | (ControlOutcome & { requeued?: number })
  /** `resources`: unknown names, and types that are neither failed nor canceled. */
  | { outcome: 'not-failed'; status: ScanStatus; resources: string[] }

export type DiscardOutcome =
  /** `resources`: the requested types, all of them discarded now. */
  | { outcome: 'changed' | 'unchanged'; status: ScanStatus; resources: string[] }
  /** `resources`: unknown names, and types that have not failed. */
  | { outcome: 'not-failed'; status: ScanStatus; resources: string[] }
  | { outcome: 'wrong-state'; status: ScanStatus }
  | { outcome: 'unknown' }

export interface RepairReport {
  /** Items whose status set did not match their recorded state. */
  repaired: string[]
}

export interface EventPage {
  events: StoredEvent[]
  /** First and last sequence number that were trimmed; null when none is missing. */
  gap: { from: number; to: number } | null
}

/** `trimmed`: the first events are gone; `kept` is the number of the oldest one. `absent`: there is no such event yet. */
export type ProgressAtOutcome =
  | ({ outcome: 'found' } & ProgressAt)
  | { outcome: 'trimmed'; kept: number | null }
  | { outcome: 'absent' }

/** The cause of a pause that no person requested. */
export interface PauseCause {
  problem?: ItemProblem
  /** The failed call that led to the pause. */
  fault?: ProviderFault | undefined
}

/**
 * The source of truth for scans. Each write is one Lua script that changes item state, counters and event stream together.
 * Every method may be repeated when its reply was lost.
 */
export interface Journal {
  /** Opens a scan and announces its route in one step, unless it joins another scan or a bound refuses the route. */
  open(scan: NewScan): Promise<OpenOutcome>
  /**
   * Makes the route of an unfinished, unpaused scan live. Call it before adding jobs. `live`: the route was live before.
   * `not-active`: the scan needs no jobs.
   */
  announceRoute(scanId: string): Promise<'announced' | 'live' | 'overloaded' | 'not-active'>
  /**
   * Writes the whole plan in one step. A plan with nothing to analyze seals the scan. A repeated call changes nothing and
   * returns `already-planned`.
   */
  plan(scanId: string, plan: Plan): Promise<PlanOutcome>
  /** Ends a scan whose planning failed permanently. */
  failScan(scanId: string, problem: ItemProblem): Promise<ControlOutcome>

  /** Claims an item. With a `contentKey`, an item whose answer another attempt pays for is not claimed. */
  claim(scanId: string, resource: string, worker: string, contentKey?: string): Promise<Claim>
  /**
   * Replaces the reservation of a running item in the budget of its scan. The previous reservation stays when the budget
   * does not suffice.
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
   * Records an answer of a waiting item, as an attempt of its own and at the batch price. A batch answer leaves the batch
   * store in the same step, so it is counted once.
   */
  recordUnclaimed(
    scanId: string,
    resource: string,
    answer: UnclaimedAnswer,
  ): Promise<UnclaimedOutcome>
  /** Adds the spend of batch answers that no item of the scan uses. Also works after the scan has ended. */
  spendInBatch(scanId: string, spent: { calls: number; usage: Usage }): Promise<void>
  /** Fails a running item whose job BullMQ failed permanently (stall limit). The epoch is not checked. */
  abandon(scanId: string, resource: string, problem: ItemProblem): Promise<RecordOutcome>

  /** Pauses a scan. A pause without an end replaces a pause with an end (`until` of its problem). */
  pause(scanId: string, by: string, reason: string, cause?: PauseCause): Promise<ControlOutcome>
  /** Resumes a scan. `budget` replaces the limits that it contains. */
  resume(scanId: string, by: string, budget?: Budget): Promise<ControlOutcome>
  /** Cancels queued and retrying items immediately, running ones when their worker records. */
  cancel(scanId: string, by: string): Promise<ControlOutcome>
  /**
   * Requeues failed items (all, or the named failed and canceled ones) and reopens the scan with runAttempt + 1.
   * Changes nothing when a name belongs to no such item.
   */
  retry(scanId: string, by: string, only?: string[]): Promise<RetryOutcome>
  /**
   * Marks failed items of a finished scan (all, or the named ones) as skipped with reason `discarded` and recomputes the
   * final status. Changes nothing when a name belongs to no failed or discarded item.
   */
  discard(scanId: string, only?: string[]): Promise<DiscardOutcome>
  /** Deletes a finished scan; `wrong-state` while it is unfinished. */
  forget(scanId: string): Promise<ControlOutcome>

  /** One consistent read: the counters sum to the total. */
  scan(scanId: string): Promise<Scan | undefined>
  /** Returns whether the scan is known, without reading it. */
  exists(scanId: string): Promise<boolean>
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
  items(scanId: string, query: ItemQuery): Promise<Page<ScanItem>>
  /** The items with these names, in their order. Unknown names are left out. At most a few hundred at once. */
  itemsByName(scanId: string, resources: string[]): Promise<ScanItem[]>
  /** The finding of each type, by resource. */
  findings(scanId: string): Promise<Map<string, ScanFinding>>
  excluded(scanId: string): Promise<Plan['excluded']>
  /** The types of its plan, unordered. */
  resources(scanId: string): Promise<string[]>
  /** The running types, unordered. */
  running(scanId: string): Promise<string[]>
  /**
   * Lists unfinished items in one consistent read: running, then retrying, then queued ones in the order of the plan.
   * `most`: maximum number of items of each status.
   */
  pending(scanId: string, most?: number): Promise<PendingItem[]>
  /** Job inputs of these items. Finished items are left out. */
  jobInputs(scanId: string, resources: string[]): Promise<JobInput[]>
  events(scanId: string, after: number, limit: number): Promise<EventPage>
  /** The counters right after event number `seq`, from all events up to it. */
  progressAt(scanId: string, seq: number): Promise<ProgressAtOutcome>
  /** Rebuilds status sets and counters from the item states. */
  repair(scanId: string): Promise<RepairReport>
}
