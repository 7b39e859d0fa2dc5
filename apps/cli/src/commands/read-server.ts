import type { z } from 'zod'
import { readErrorResponse } from '../client/response-errors.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { CliSession } from '../cli-session.ts'

const ANSWER_MS = 5_000

/** Reads an endpoint outside /api/v1, such as /version. `alsoOk` is one more status with a readable body. */
export async function readServer<S extends z.ZodType>(
  { api, io }: CliSession,
  path: string,
  schema: S,
  alsoOk?: number,
): Promise<z.infer<S>> {
  const signal = AbortSignal.any([io.interrupted, AbortSignal.timeout(ANSWER_MS)])
  const response = await api.open(path, { signal })
  if (!response.ok && response.status !== alsoOk)
    throw await readErrorResponse(api.server, response)
  const body: unknown = await response.json().catch(() => undefined)
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new CliError(`The response from ${api.server} does not come from Capstan`, {
    exitCode: EXIT.unreachable,
    fix: 'Check --server or CAPSTAN_SERVER.',
  })
}
