import type { ItemError } from '../errors.ts'
import type { ReportedUsage } from './reported-usage.ts'
import type { Dialect } from './dialect.ts'
import type { ModelAnswer, Question } from './types.ts'

export interface BatchQuestion {
  /** Unique in its batch. Starts with the name of the batch; at most 64 letters, digits, `_` and `-`. */
  id: string
  question: Question
}

/** An answer without its question, so that its usage cannot be estimated. */
export type UnestimatedAnswer = Omit<ModelAnswer, 'usage'> & { usage: ReportedUsage }

/** Outcome of one question of an ended batch. */
export type BatchAnswer =
  | { id: string; outcome: 'answered'; answer: UnestimatedAnswer }
  /** The provider failed. The error is classified like that of a call. */
  | { id: string; outcome: 'failed'; error: ItemError }
  /** The batch ended before this question. It costs nothing. */
  | { id: string; outcome: 'unserved'; because: 'expired' | 'canceled' }

/** `unsure`: a running batch may be the one. Its content is visible only when it has ended. */
export type FoundBatch =
  | { outcome: 'found'; id: string }
  | { outcome: 'absent' }
  | { outcome: 'unsure' }

/**
 * The batch API of a provider for one model: half the price, hours instead of seconds. Methods never retry. They throw
 * ItemError, or the reason of the signal.
 */
export interface BatchModel {
  /** Submits the questions as one batch, in `dialect` (default: the full one). Returns the id of the batch at the provider. */
  submit(
    name: string,
    questions: BatchQuestion[],
    signal: AbortSignal,
    dialect?: Dialect,
  ): Promise<string>
  /** Finds the batch of a name after its id was lost, among batches created since `sinceMs` that are not in `known`. */
  find(
    name: string,
    options: { sinceMs: number; known: readonly string[] },
    signal: AbortSignal,
  ): Promise<FoundBatch>
  /** `failed`: the provider rejected the whole batch. */
  state(id: string, signal: AbortSignal): Promise<'running' | 'ended' | 'failed'>
  /** Answers of an ended batch, in any order. May be called repeatedly. */
  answers(id: string, signal: AbortSignal): AsyncIterable<BatchAnswer>
  /** Cancels a running batch. Existing answers remain. Does nothing for an ended batch. */
  cancel(id: string, signal: AbortSignal): Promise<void>
}
