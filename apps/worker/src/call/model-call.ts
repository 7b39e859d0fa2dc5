import type { CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import type { CapabilityAnswer } from '@capstan/shared/contract/inferred-capability'
import type { Usage } from '@capstan/shared/contract/usage'
import type { Definition } from '@capstan/shared/contract/definition'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { Claim } from '@capstan/scan-store/journal/types'
import type { CallSize, Permit, WaitReason } from '@capstan/limits/types'
import type { Price } from '@capstan/shared/prices/price'
import type { UnfinishedAnswer } from '@capstan/scan-store/results/unfinished-answer'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { Route } from '@capstan/scan-store/routes/route'
import type { CallTarget } from '../accounts/account.ts'
import type { CallKind, Ledger } from './ledger.ts'

// The contract of the call pipeline. Stages import this file, ledger.ts and model-call-error.ts, and no other stage.

/**
 * Answers a request. Rejects with ModelCallError when calls were sent, so that their cost is not lost; otherwise with ItemError,
 * MaxWaitError, RouteTrialError, AnswerLeasedError, QuestionInBatchError or the reason of the signal.
 */
export type ModelCall<Request = CallRequest, Result = CallResult> = (
  request: Request,
) => Promise<Result>

/** Adds one policy to a call. A stage changes requests and results by copying them. */
export type Stage = (next: ModelCall) => ModelCall

/** A stage that knows the item of a scan for which the answer is. */
export type ItemStage<In = CallResult, Out = In> = (
  next: ModelCall<ItemRequest, In>,
) => ModelCall<ItemRequest, Out>

export interface CallRequest {
  readonly route: Route
  /** Restricts the call to this account of the provider. */
  readonly account?: string | undefined
  readonly question: Question
  readonly signal: AbortSignal
  readonly progress: CallProgress
  /** Maximum wait for admission; 0: reject the call if it cannot start now. */
  readonly maxWaitMs: number
  /** Maximum wait while the circuit breaker is open. Default: `maxWaitMs`. */
  readonly maxBreakerWaitMs?: number | undefined
  readonly kind: CallKind
  /** The question repeats an invalid answer with its faults. */
  readonly isRepair?: boolean | undefined
  /** A provider check: sent even if all calls to the route fail; its duration trains no estimate. */
  readonly isCheck?: boolean | undefined
  /** The question may not share a multi-type prompt. */
  readonly isAlone?: boolean | undefined
  /** Tokens that this attempt has spent before on the same answer. */
  readonly spentBefore?: Usage | undefined
  /** Set by the multi-type prompt. */
  readonly resize?: ResizableQuestion | undefined
  /** Undefined: nothing is recorded, as for a provider check. */
  readonly item?: CallItem | undefined
  /** An attempt before failed, so the call tries out no account while others may be called. Set by the account stage. */
  readonly isRetry?: boolean | undefined
  /** Candidates of the call, set by the account stage. */
  readonly targets?: readonly CallTarget[] | undefined
  /** Set when the permit is granted. */
  readonly admitted?: AdmittedCall | undefined
}

/** A request for the answer about one item of a scan. */
export interface ItemRequest extends CallRequest {
  readonly route: Answerer
  readonly item: CallItem
  /** Paid by an earlier attempt for the same answer. */
  readonly unfinished?: UnfinishedAnswer | undefined
}

/** A model that answers, or was called for an answer: its price, and the key under which its answer is stored. */
export interface Answerer extends Route {
  readonly price: Price | null
  readonly contentKey: string
}

/** Source of an answer: a model, or the curated answers, whose provider is no model provider. */
export interface AnswerOrigin extends Omit<Answerer, 'provider'> {
  readonly provider: Answerer['provider'] | typeof CURATED_PROVIDER
}

export type ClaimedItem = Extract<Claim, { outcome: 'claimed' }>

/** The item of a scan for which an answer is bought. */
export interface CallItem {
  readonly claim: ClaimedItem
  readonly definition: Definition
  readonly worker: string
  readonly startedAtMs: number
}

export interface AdmittedCall {
  readonly target: CallTarget
  readonly permit: Pick<Permit, 'lease' | 'reserved'>
  /** When the call began to wait, on the clock of `performance`. */
  readonly begunAt: number
}

/**
 * The state of an attempt, marked by the stages and read by the code that may abort it. It returns nothing, so no stage
 * depends on it.
 */
export interface CallProgress {
  /** A call is prepared or waits for admission: an abort loses nothing. */
  wait(): void
  /** A call is sent: from now on only its answer ends the attempt. `isShared`: the call is counted for another item. */
  sent(request: CallRequest, options?: { isShared: boolean }): void
  /** No call waits or is in flight any more. */
  end(): void
  /** Another attempt has taken over the lease of the answer. */
  loseLease(): void
  /** One line in the log of the job. */
  note(line: string): void
}

/** Lets a multi-type prompt grow while it waits for admission. The only callback from a later to an earlier stage. */
export interface ResizableQuestion {
  /** Reports the limit that the call waits for. */
  wait(because: WaitReason): void
  /** The current size; read at each look at the limits. */
  estimate(): CallSize
  /** Fixes the question for the granted size. Undefined: no request needs the answer any more. */
  seal(granted: CallSize): Question | undefined
}

export interface CallResult {
  readonly answer: ModelAnswer
  readonly spent: Ledger
  /** Number of other types in the same prompt. */
  readonly sharedWith: number
  /** Set by the program itself. Text of a model is read and validated instead. */
  readonly value?: CapabilityAnswer | undefined
}

/** A result whose answer is valid. */
export interface ValidResult extends CallResult {
  readonly value: CapabilityAnswer
}

/** An answer in the result cache, or a curated one. */
export interface StoredAnswer {
  readonly result: StoredResult
  /** True if it was paid for before this attempt. */
  readonly isCached: boolean
  readonly answeredBy: AnswerOrigin
  readonly spent: Ledger
}
