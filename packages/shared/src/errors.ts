import type { ItemProblem, ItemReason, ProblemCode, ProviderFault } from './contract/problem.ts'
import type { ObservedLimits } from './contract/observed-limits.ts'

export interface AppErrorOptions {
  /** One sentence that says how to mend it. */
  hint?: string
  retryable?: boolean
  retryAfterMs?: number
  cause?: unknown
  /** More members for the problem document, such as `errors` or `scan`. */
  extra?: Record<string, unknown>
}

/** A failure somebody outside is told about: what, why and how to mend it. Never decide by its text; use `code`. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ProblemCode
  readonly hint: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly extra: Record<string, unknown>

  constructor(code: ProblemCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.extra = options.extra ?? {}
  }
}

/** Why one type could not be analysed. `policy` says what the queue does next. */
export class ItemError extends Error {
  override readonly name = 'ItemError'
  readonly reason: ItemReason
  /**
   * retry: use up an attempt and back off. wait: come back after retryAfterMs, no attempt used.
   * fail: trying again cannot help. pause-scan: it would fail for every type, so stop the scan.
   */
  readonly policy: 'retry' | 'wait' | 'fail' | 'pause-scan'
  /** Which fault of that reason, such as `wrong_path` or `unreachable`. */
  readonly kind: string | undefined
  readonly hint: string | undefined
  readonly retryAfterMs: number | undefined
  /** Limits that the provider told beside its refusal. */
  readonly observed: ObservedLimits | undefined
  /** It asked to wait because use grew too fast, whatever its limits say. */
  readonly isRamp: boolean
  /** When its cause ends by itself, RFC 3339: a scan that it pauses goes on then. */
  readonly until: string | undefined
  /** What a scan that it pauses shows of the failed call. */
  readonly fault: ProviderFault | undefined

  constructor(
    reason: ItemReason,
    policy: ItemError['policy'],
    message: string,
    options: {
      kind?: string | undefined
      hint?: string
      retryAfterMs?: number
      observed?: ObservedLimits | undefined
      isRamp?: boolean
      until?: string
      fault?: ProviderFault
      cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.policy = policy
    this.kind = options.kind
    this.hint = options.hint
    this.retryAfterMs = options.retryAfterMs
    this.observed = options.observed
    this.isRamp = options.isRamp ?? false
    this.until = options.until
    this.fault = options.fault
  }

  toProblem(): ItemProblem {
    return {
      reason: this.reason,
      ...(this.kind === undefined ? {} : { kind: this.kind }),
      title: this.message.slice(0, 200),
      ...(this.hint === undefined ? {} : { hint: this.hint.slice(0, 400) }),
      ...(this.until === undefined ? {} : { until: this.until }),
      retryable: this.policy === 'retry' || this.policy === 'wait',
    }
  }
}
