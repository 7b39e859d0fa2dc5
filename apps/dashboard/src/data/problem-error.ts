import type { Problem } from '@capstan/shared/contract/problem'

/** A request that the server refused, or that did not reach it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** Undefined when the server could not be reached. */
  readonly problem: Problem | undefined

  constructor(message: string, problem?: Problem) {
    super(message)
    this.problem = problem
  }
}
