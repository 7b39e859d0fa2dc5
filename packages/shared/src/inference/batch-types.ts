import type { ItemError } from '../errors.ts'
import type { ReportedUsage } from './reported-usage.ts'
import type { Dialect } from './dialect.ts'
import type { ModelAnswer, Question } from './types.ts'

export interface BatchQuestion {
  /** Unique in its batch: letters, digits, `_` and `-`, at most 64; begins with the name of the batch. */
  id: string
  question: Question
}

/** An answer whose question is not at hand, so that nothing of its usage can be estimated. */
export type BatchReply = Omit<ModelAnswer, 'usage'> & { usage: ReportedUsage }

/** What became of one question of a batch that has ended. */
export type BatchAnswer =
  | { id: string; outcome: 'answered'; answer: BatchReply }
  /** The provider tried and failed; the error is classified like that of a call. */
  | { id: string; outcome: 'failed'; error: ItemError }
  /** The batch ended before its turn; nothing was paid. */
  | { id: string; outcome: 'unserved'; because: 'expired' | 'canceled' }

/** `unsure`: a batch that may be the one still runs; the provider shows what is in it when it has ended. */
export type FoundBatch =
  | { outcome: 'found'; id: string }
  | { outcome: 'absent' }
  | { outcome: 'unsure' }

/**
 * The batch API of one model of one provider: hours instead of seconds, for half the price. Every method makes few
 * calls, never retries, ends when the signal fires, and throws only ItemError.
 */
export interface BatchModel {
  /** Submits the questions as one batch, in `dialect` (default: the full one), and returns the provider's id of it. */
  submit(
    name: string,
    questions: BatchQuestion[],
    signal: AbortSignal,
    dialect?: Dialect,
  ): Promise<string>
  /** Looks for a batch of that name whose id was lost, among those made since then and not in `known`. */
  find(
    name: string,
    options: { sinceMs: number; known: readonly string[] },
    signal: AbortSignal,
  ): Promise<FoundBatch>
  /** `failed`: the provider refused it as a whole, and answered nothing. */
  state(id: string, signal: AbortSignal): Promise<'running' | 'ended' | 'failed'>
  /** Of a batch that has ended, in any order. May be read again and again. */
  answers(id: string, signal: AbortSignal): AsyncIterable<BatchAnswer>
  /** Asks it to end early; what is answered by then stays. No error when it has ended. */
  cancel(id: string, signal: AbortSignal): Promise<void>
}
