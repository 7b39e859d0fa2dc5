import type { ItemProblem, ItemReason, ProblemCode, ProviderFault } from './contract/problem.ts'
import type { ObservedLimits } from './contract/observed-limits.ts'

export interface AppErrorOptions {
  /** One sentence with the action that resolves the error. */
  hint?: string
  retryable?: boolean
  retryAfterMs?: number
  cause?: unknown
  /** Additional members of the problem document, such as `errors` or `scan`. */
  extra?: Record<string, unknown>
}

/** An error for the user: what failed, why, and how to resolve it. Programs decide by `code`, never by the message. */
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

/** The failed analysis of a type. `policy` determines the next step of the queue. */
export class ItemError extends Error {
  override readonly name = 'ItemError'
  readonly reason: ItemReason
  /**
   * retry: use an attempt, with backoff. wait: retry after `retryAfterMs` without using an attempt.
   * fail: a retry cannot help. pause-scan: every type would fail, so the scan pauses.
   */
  readonly policy: 'retry' | 'wait' | 'fail' | 'pause-scan'
  /** The fault within the reason, such as `wrong_path` or `unreachable`. */
  readonly kind: string | undefined
  readonly hint: string | undefined
  readonly retryAfterMs: number | undefined
  /** Limits in the headers of the error response. */
  readonly observed: ObservedLimits | undefined
  /** The provider rejected the call because usage grew too fast, not because of a limit. */
  readonly isRamp: boolean
  /** Time (RFC 3339) when the cause ends without intervention. A scan that it paused resumes then. */
  readonly until: string | undefined
  /** The failed call, for the scan that it pauses. */
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
