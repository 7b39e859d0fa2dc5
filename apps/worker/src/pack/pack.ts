import type { Usage } from '@capstan/shared/contract/usage'
import type { Definition } from '@capstan/shared/contract/definition'
import type { MultiTypePrompt } from '@capstan/shared/inference/multi-type-prompt'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { SentKind } from '../call/make-call.ts'

/** One first question about a type that may share its call. */
export interface Asking {
  definition: Pick<Definition, 'outline'>
  /** As it is asked alone. */
  question: Question
  signal: AbortSignal
  /** Told when a call goes out, for one of those who share it: each call is counted once. */
  sent: (kind: SentKind) => void
  /** Called when a shared call is sent that is counted for another of its types. */
  shared?: () => void
  /** Asked before a call about it alone is made a second time. */
  mayRepeat?: () => Promise<boolean>
}

export type PackedAnswer =
  /** Its own part of the answer, not validated, and its share of the tokens. */
  | { outcome: 'answered'; answer: ModelAnswer; packedWith: number }
  /** The call was answered, and says nothing usable about this type: it has to be asked about alone. */
  | { outcome: 'unanswered'; usage: Usage }

/** An asking in its pack. */
export interface Member extends Asking {
  pack: Pack
  resolve: (answer: PackedAnswer) => void
  reject: (error: unknown) => void
}

/** A question in the line, which may become one about several types. */
export interface Pack {
  /** Who still wants its answer. */
  members: Member[]
  /** Once its turn has come: whom it asks about, in this order, and how. */
  closed?: MultiTypePrompt & { asked: Member[] }
  /** Most types it may ask about, by what it was told to wait for. */
  room: number
  /** Its place in the line, then its call. */
  call: AbortController
}
