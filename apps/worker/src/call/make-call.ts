import type { ItemError } from '@capstan/shared/errors'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { ModelAnswer } from '@capstan/shared/inference/types'
import type { Target } from './choose-targets.ts'

/** `again`: the call before it was refused for its form. `hedged`: beside a call that takes unusually long. */
export type SentKind = 'first' | 'again' | 'hedged'

export interface RefusedCall {
  outcome: 'refused'
  refusal: DialectRefusal
  /** What is reported when no dialect is accepted: of the first call that was refused. */
  original: ItemError
  target: Target
  /** No other dialect is left to try. */
  isFinal?: boolean
}

/** What came of one call. */
export type Made = { outcome: 'answered'; answer: ModelAnswer; target: Target } | RefusedCall

export interface MakeOptions {
  /** A call for the same question was refused before. */
  isAgain: boolean
  /** The call is not made when it cannot be made now. */
  mustStartNow: boolean
  /** Called when the call goes out. */
  onSent?: (() => void) | undefined
}

/** Makes one call at one of the targets, with a permit, money and a ledger entry of its own. */
export type MakeCall = (targets: Target[], options: MakeOptions) => Promise<Made>

/** What comes of `calling`: a refusal of its form is a value, every other error is thrown. */
export async function toMade(target: Target, calling: Promise<ModelAnswer>): Promise<Made> {
  try {
    return { outcome: 'answered', answer: await calling, target }
  } catch (error) {
    if (!(error instanceof DialectRefusal)) throw error
    return { outcome: 'refused', refusal: error, original: error.original, target }
  }
}
