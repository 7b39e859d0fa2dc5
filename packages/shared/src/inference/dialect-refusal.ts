import { ItemError } from '../errors.ts'
import type { Dialect } from './dialect.ts'

interface RefusalOptions {
  /** The classified error of the refused call. */
  original: ItemError
  isClear: boolean
  next: Dialect | undefined
  last: Dialect | undefined
}

/**
 * The endpoint refused the form of a call, not its content, so another dialect may succeed. Without a dialect stage a retry
 * cannot help. The error is no sign of load at the provider.
 */
export class DialectRefusal extends ItemError {
  /** The error to report when no dialect succeeds. */
  readonly original: ItemError
  /** True when the endpoint named the refused part. False: it gave no reason. */
  readonly isClear: boolean
  /** The next dialect to try. Undefined: none. */
  readonly next: Dialect | undefined
  /** The dialect for the last attempt: the simplest that may succeed. */
  readonly last: Dialect | undefined

  constructor({ original, isClear, next, last }: RefusalOptions) {
    const { reason, message, kind, hint, observed } = original
    super(reason, 'fail', message, { kind, ...(hint && { hint }), observed, cause: original })
    this.original = original
    this.isClear = isClear
    this.next = next
    this.last = last
  }
}
