import { ItemError } from '../errors.ts'
import type { Dialect } from './dialect.ts'

interface RefusalOptions {
  /** The refused call as every other error of a call is classified. */
  original: ItemError
  isClear: boolean
  next: Dialect | undefined
  last: Dialect | undefined
}

/**
 * The endpoint refused the form of a call, not its content: another dialect may do. To a caller without a dialect stage it is
 * an error that no repetition helps against. It says nothing about the load of the provider.
 */
export class DialectRefusal extends ItemError {
  /** What is reported when no dialect is accepted. */
  readonly original: ItemError
  /** The endpoint named what it refuses. False: it refused the request without a reason that names another cause. */
  readonly isClear: boolean
  /** The dialect to try next; undefined when there is none. */
  readonly next: Dialect | undefined
  /** The dialect to try when only one more attempt is left: the simplest that may do. */
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
