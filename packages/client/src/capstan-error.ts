import { isProblem, type ApiProblem } from './problem.ts'

/** A request that the server refused. It never contains the token. */
export class CapstanError extends Error {
  override readonly name = 'CapstanError'
  /** HTTP status. */
  readonly status: number
  /** Undefined when the response does not come from Capstan, but from a proxy in between. */
  readonly problem: ApiProblem | undefined

  constructor(status: number, problem?: ApiProblem) {
    super(problem?.title ?? `HTTP ${status} without a problem document of Capstan`)
    this.status = status
    this.problem = problem
  }
}

/** Reads the problem document of a refused response. */
export async function readCapstanError(response: Response): Promise<CapstanError> {
  const body: unknown = await response.json().catch(() => undefined)
  return new CapstanError(response.status, isProblem(body) ? body : undefined)
}
