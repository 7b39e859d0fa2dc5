import type { ItemError } from '@capstan/shared/errors'
import type { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { CallResult } from '../model-call.ts'
import type { CallTarget } from '../../accounts/account.ts'

export interface RefusedCall {
  outcome: 'refused'
  refusal: DialectRefusal
  /** Error of the first refused call, thrown when no dialect is accepted. */
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

/** A refused dialect is returned; every other failure is thrown. */
export type AttemptedCall = AnsweredCall | RefusedCall

export interface AttemptOptions {
  /** A call for the same question was refused before. */
  isAgain: boolean
  /** Rejects the call if it cannot start now. */
  mustStartNow: boolean
  /** Called when the call is sent. */
  onSent?: (() => void) | undefined
}

/** Makes one call at one of the targets. */
export type AttemptCall = (targets: CallTarget[], options: AttemptOptions) => Promise<AttemptedCall>
