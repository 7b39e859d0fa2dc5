import type { Usage } from '../contract/usage.ts'
import type { ObservedLimits } from '../contract/observed-limits.ts'
import type { Dialect } from './dialect.ts'

/** Input of a model call. The constant part comes first, so that providers can cache it. */
export interface Question {
  /** Equal for all types: the cacheable prefix. */
  system: string
  /** The fenced definition. A repair question adds the faults of the first answer. */
  user: string
  maxOutputTokens: number
  /** Number of types in the question. 1, except for multi-type prompts. */
  types: number
  /** Format of the answer, for the structured output of the provider. */
  format: AnswerFormat
}

export interface AnswerFormat {
  name: string
  /** JSON schema in the subset for strict modes. Equal for all questions of a kind, because providers cache its compiled form. */
  schema: Record<string, unknown>
}

export interface ModelAnswer {
  /** Raw text of the model. Untrusted: the caller parses and validates it. */
  text: string
  /** `length`: truncated at maxOutputTokens. `refusal`: the model refused to answer. */
  stop: 'end' | 'length' | 'refusal'
  /** Counts without a report of the provider are estimates and marked as such. */
  usage: Usage
  /** Request id of the provider, for its support. */
  requestId: string | null
  durationMs: number
  /** Limits in the headers of the response. */
  observed?: ObservedLimits | undefined
  /** The dialect of the call. Undefined for a model with a single dialect. */
  dialect?: Dialect | undefined
}

/**
 * One model of one provider. `ask` makes exactly one call and never retries. It throws ItemError (DialectRefusal is one)
 * without secrets in its text, or the reason of the signal.
 */
export interface Model {
  readonly provider: 'anthropic' | 'openai'
  readonly model: string
  /** Undefined: the model has a single dialect. */
  readonly dialects?: ModelDialects | undefined
  /** `dialect`: parameters of the request. Default: the full dialect. */
  ask(question: Question, signal: AbortSignal, dialect?: Dialect): Promise<ModelAnswer>
}

export interface ModelDialects {
  /** The first dialect to try. */
  full: Dialect
  /** True for endpoints of the vendor: calls use the full dialect without waiting for its detection. */
  isAssumed: boolean
}
