import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ItemProblem, ProblemCode } from '@capstan/shared/contract/problem'
import { ProviderCheckResult, type ProviderCheck } from '@capstan/shared/contract/provider-check'
import { ModelName } from '@capstan/shared/contract/model-name'
import type { Provider } from '@capstan/shared/contract/provider'
import { isVisibleText, VISIBLE_ONLY } from '@capstan/shared/contract/visible-text'
import { AppError } from '@capstan/shared/errors'
import { Pricing } from '@capstan/shared/contract/pricing'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import { openProviderCheckChannel } from '@capstan/scan-store/signals/check-desk'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { resolveModel } from '../scans/resolve-model.ts'
import { serving } from './serving-workers.ts'

export const ProviderTest = z.strictObject({
  account: z
    .string()
    .min(1)
    .max(100)
    .refine(isVisibleText, VISIBLE_ONLY)
    .optional()
    .describe('Whose key to try, by its name in GET /providers. Default: whichever has room.'),
  model: ModelName.optional().describe('Default: what a scan would use.'),
})
export type ProviderTest = z.infer<typeof ProviderTest>

export const ProviderTested = ProviderCheckResult.extend({
  costUsd: z.number().nullable(),
  pricing: Pricing,
})
type ProviderTested = z.infer<typeof ProviderTested>

type TestDeps = Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>

/**
 * Tries key and model of a provider with one call as a scan makes it. A worker makes it, under the limits that all calls
 * share: the API holds no key of a model, so that who breaks into what the network can reach finds none. Throws AppError
 * PROVIDER_NOT_CONFIGURED, PROVIDER_UNAVAILABLE, PROVIDER_AUTH, PROVIDER_QUOTA or PROVIDER_MODEL_UNKNOWN, or DRAINING
 * when `signal` fires: the answer is not waited for any more.
 */
export async function testProvider(
  deps: TestDeps,
  provider: Provider,
  { account, model }: ProviderTest,
  signal: AbortSignal,
): Promise<ProviderTested> {
  const used = account === undefined ? undefined : await modelOfAccount(deps, provider, account)
  const usual = await resolveModel(deps, { provider, model: model ?? used })
  const check: ProviderCheck = {
    id: randomUUID(),
    provider,
    model: usual.model,
    ...(account === undefined ? {} : { account }),
  }
  const outcome = await openProviderCheckChannel(deps.redis, deps.keys)
    .request(check, signal)
    .catch((error: unknown) => {
      throw signal.aborted ? noLonger() : error
    })
  if (outcome === 'no-worker' || outcome === 'timed-out') throw noAnswer(provider, outcome)
  if (outcome.outcome === 'failed') throw asAppError(outcome.problem, outcome.retryAfterMs)
  const { checked } = outcome
  const costUsd = computeCostUsd(
    checked.usage,
    findPrice(provider, check.model, deps.defaults.prices),
  )
  const pricing = classifyPricing(costUsd, checked.usage.estimatedTokens)
  return { ...checked, costUsd, pricing }
}

async function modelOfAccount(
  { redis, keys }: TestDeps,
  provider: Provider,
  name: string,
): Promise<string | undefined> {
  const workers = serving(await listWorkers(redis, keys), provider)
  const own = workers.flatMap(({ accounts }) => accounts).filter((one) => one.provider === provider)
  const found = own.find((one) => one.name === name)
  if (found) return found.model ?? undefined
  const names = [...new Set(own.map((one) => one.name))]
  throw new AppError('PROVIDER_NOT_CONFIGURED', `No worker has an account ${name} of ${provider}`, {
    hint: names.length === 0 ? 'It has none.' : `There are: ${names.join(', ')}.`,
  })
}

function noLonger(): AppError {
  return new AppError('DRAINING', 'This server stops before the provider has answered', {
    hint: 'Send it again; another replica, or the next start, will take it.',
    retryable: true,
  })
}

function noAnswer(provider: Provider, outcome: 'no-worker' | 'timed-out'): AppError {
  const message =
    outcome === 'no-worker'
      ? `No worker that serves ${provider} takes the check`
      : `The worker that checks ${provider} gives no answer`
  const hint = 'Look at GET /api/v1/workers and at the logs of the workers, then try again.'
  return new AppError('PROVIDER_UNAVAILABLE', message, { hint, retryable: true })
}

const CODES: Partial<Record<ItemProblem['reason'], ProblemCode>> = {
  provider_auth: 'PROVIDER_AUTH',
  quota_exhausted: 'PROVIDER_QUOTA',
  provider_not_configured: 'PROVIDER_MODEL_UNKNOWN',
}

/** What the worker was told, already scrubbed of secrets there. */
function asAppError(problem: ItemProblem, retryAfterMs: number | undefined): AppError {
  const { reason, kind, title, hint, retryable } = problem
  return new AppError(CODES[reason] ?? 'PROVIDER_UNAVAILABLE', title, {
    retryable,
    extra: { reason, ...(kind === undefined ? {} : { kind }) },
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
