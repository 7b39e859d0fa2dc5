import type { Usage } from '../contract/capability.ts'
import type { ObservedLimits } from '../contract/observed-limits.ts'
import type { Dialect } from './dialect.ts'

/** One call of a model: the fixed part first so that providers can cache it, the definition last. */
export interface Question {
  /** Identical for every type; the cacheable prefix. */
  system: string
  /** The definition inside its nonce-fenced data block, and in a repair the faults of the first answer. */
  user: string
  maxOutputTokens: number
  /** How many it asks about; 1 as a rule. */
  types: number
  /** The one form of the answer; asked for in the provider's strict mode. */
  format: AnswerFormat
}

export interface AnswerFormat {
  name: string
  /** In the subset that strict modes take. Equal for all questions of a kind: providers keep what they make of it. */
  schema: Record<string, unknown>
}

export interface ModelAnswer {
  /** Raw text of the model; parsed and validated by the caller, never trusted. */
  text: string
  /** `length`: cut off at maxOutputTokens. `refusal`: the model would not answer. */
  stop: 'end' | 'length' | 'refusal'
  /** What the provider did not report is estimated, and marked as such. */
  usage: Usage
  /** The provider's id of the call, for its support. */
  requestId: string | null
  durationMs: number
  /** Limits that the provider told beside its answer. */
  observed?: ObservedLimits | undefined
  /** The dialect in which the answer was obtained; undefined when the model has only one form. */
  dialect?: Dialect | undefined
}

/**
 * One model of one provider. `ask` makes exactly one call, never retries, ends when the signal fires,
 * and throws only ItemError (see errors.ts) with secrets scrubbed from its text; DialectRefusal is one of them.
 */
export interface Model {
  readonly provider: 'anthropic' | 'openai' | 'demo'
  readonly model: string
  /** Undefined: it is asked in one form only. */
  readonly dialects?: ModelDialects | undefined
  /** `dialect`: the form of the request; default: the full one. */
  ask(question: Question, signal: AbortSignal, dialect?: Dialect): Promise<ModelAnswer>
}

export interface ModelDialects {
  /** Tried first. */
  full: Dialect
  /** The endpoint is the vendor's own: calls use the full dialect without waiting for a first answer. */
  isAssumed: boolean
}
