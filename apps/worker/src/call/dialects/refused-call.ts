import type { ItemError } from '@capstan/shared/errors'
import type { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { CallResult } from '../model-call.ts'
import type { CallTarget } from '../../accounts/account.ts'

export interface RefusedCall {
  outcome: 'refused'
  refusal: DialectRefusal
  /** Reported when no dialect is accepted: the error of the first refused call. */
  original: ItemError
  target: CallTarget
  /** No other dialect is left to try. */
  isFinal?: boolean
}

export interface AnsweredCall {
  outcome: 'answered'
  result: CallResult
  target: CallTarget
}

/** A refused dialect is a value, every other failure of a call is thrown. */
export type AttemptedCall = AnsweredCall | RefusedCall

export interface AttemptOptions {
  /** A call for the same question was refused before. */
  isAgain: boolean
  /** The call is made now or not at all. */
  mustStartNow: boolean
  /** Called when the call leaves. */
  onSent?: (() => void) | undefined
}

/** Makes one call at one of the targets. */
export type AttemptCall = (targets: CallTarget[], options: AttemptOptions) => Promise<AttemptedCall>
