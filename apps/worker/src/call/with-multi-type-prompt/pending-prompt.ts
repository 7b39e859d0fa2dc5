import type { MultiTypePrompt } from '@capstan/shared/inference/multi-type-prompt'
import type { CallResult, ItemRequest } from '../model-call.ts'

/** One request in a prompt. */
export interface PromptMember {
  request: ItemRequest
  prompt: PendingPrompt
  resolve: (result: CallResult) => void
  reject: (error: unknown) => void
}

/** A prompt about one type, which may grow to several types while it waits for admission. */
export interface PendingPrompt {
  /** Requests that still need the answer. */
  members: PromptMember[]
  /** Set once the permit is there: the requests in the prompt, in this order, with their labels. */
  sealed?: MultiTypePrompt & { asked: PromptMember[] }
  /** Most types in the prompt, by the limits for which it has waited. */
  maxTypes: number
  /** Ends its wait for admission, then its call. */
  call: AbortController
}
