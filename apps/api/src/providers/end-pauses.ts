import { z } from 'zod'
import { ModelName } from '@capstan/shared/contract/model-name'
import type { Provider } from '@capstan/shared/contract/provider'
import { isVisibleText, VISIBLE_ONLY } from '@capstan/shared/contract/visible-text'
import { limitKeyFor } from '@capstan/limits/limit-key'
import { retryRoute } from '@capstan/limits/retry-route'
import { listBlocked, type BlockedLimitKey } from '@capstan/limits/list-blocked'
import type { ApiDeps } from '../deps.ts'
import { releaseRoute } from '../queue/release-route.ts'

export const PauseSelection = z.strictObject({
  account: z
    .string()
    .min(1)
    .max(100)
    .refine(isVisibleText, VISIBLE_ONLY)
    .optional()
    .describe('By its name in GET /providers. Default: all accounts.'),
  model: ModelName.optional().describe('Default: all models.'),
})
type PauseSelection = z.infer<typeof PauseSelection>

export const EndedPause = z.object({
  account: z.string(),
  model: z.string(),
  reason: z.string().describe("The cause, in the provider's words."),
  until: z.iso.datetime().describe('When it would have ended by itself.'),
})
type EndedPause = z.infer<typeof EndedPause>

export interface EndPausesDeps extends Pick<ApiDeps, 'redis' | 'keys' | 'routes'> {
  limiter: Pick<ApiDeps['limiter'], 'resume'>
}

/** All that the index of blocked limit keys holds. */
const MOST = 1_000

/**
 * Ends the pauses and open breakers of a provider that the selection names, then lets the queues of their models go on, and
 * those of the named model, or of all live routes, in any case: a queue may be paused for a limit that no index holds, and
 * a call that failed half-way can be repeated. Returns what was ended. Errors of Redis pass through.
 */
export async function endPauses(
  deps: EndPausesDeps,
  provider: Provider,
  { account, model }: PauseSelection,
): Promise<EndedPause[]> {
  const blocked = (await listBlocked(deps.redis, deps.keys, MOST)).filter(
    (one) =>
      one.provider === provider &&
      (account === undefined || one.account === account) &&
      (model === undefined || one.model === model),
  )
  const ended = await Promise.all(blocked.map((one) => endPause(deps, one)))
  const live = model === undefined ? await liveModels(deps, provider) : [model]
  const models = new Set([...blocked.map((one) => one.model), ...live])
  await Promise.all(
    [...models].map(async (of) => {
      await retryRoute(deps.redis, deps.keys, { provider, model: of })
      await releaseRoute(deps, { provider, model: of })
    }),
  )
  return ended.flat()
}

async function liveModels({ routes }: EndPausesDeps, provider: Provider): Promise<string[]> {
  return (await routes.live()).filter((one) => one.provider === provider).map(({ model }) => model)
}

/** Empty when it has ended meanwhile, or when probes are under way that only time or an answer ends. */
async function endPause(
  { limiter }: EndPausesDeps,
  { provider, account, model }: BlockedLimitKey,
): Promise<EndedPause[]> {
  const ended = await limiter.resume(limitKeyFor(account, model), provider)
  return ended ? [{ account, model, ...ended }] : []
}
