import { randomUUID } from 'node:crypto'
import type { ItemProblem, ProblemCode } from '@capstan/shared/contract/problem'
import type { ProviderCheck } from '@capstan/shared/contract/provider-check'
import type { Provider } from '@capstan/shared/contract/provider'
import type { ProviderTestRequest } from '@capstan/shared/contract/providers/provider-test-request'
import type { ProviderTestResult } from '@capstan/shared/contract/providers/provider-test-result'
import { AppError } from '@capstan/shared/errors'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import { openProviderCheckChannel } from '@capstan/scan-store/workers/provider-check-channel'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { resolveModel } from './resolve-model.ts'
import { selectServingWorkers } from './serving-workers.ts'

type TestDeps = Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>

/**
 * Tests key and model of a provider with one call like those of a scan. A worker makes the call under the shared
 * limits, because the API holds no provider keys: a breach of the network-facing process exposes none. AppError
 * PROVIDER_NOT_CONFIGURED, PROVIDER_UNAVAILABLE, PROVIDER_AUTH, PROVIDER_QUOTA, PROVIDER_MODEL_UNKNOWN, or DRAINING
 * when `signal` fires before the answer.
 */
export async function testProvider(
  deps: TestDeps,
  provider: Provider,
  { account, model }: ProviderTestRequest,
  signal: AbortSignal,
): Promise<ProviderTestResult> {
  const used = account === undefined ? undefined : await findAccountModel(deps, provider, account)
  const chosen = await resolveModel(deps, { provider, model: model ?? used })
  const check: ProviderCheck = {
    id: randomUUID(),
    provider,
    model: chosen.model,
    ...(account === undefined ? {} : { account }),
  }
  const outcome = await openProviderCheckChannel(deps.redis, deps.keys)
    .request(check, signal)
    .catch((error: unknown) => {
      throw signal.aborted ? drainingError() : error
    })
  if (outcome === 'no-worker' || outcome === 'timed-out') throw noAnswerError(provider, outcome)
  if (outcome.outcome === 'failed') throw toAppError(outcome.problem, outcome.retryAfterMs)
  const { checked } = outcome
  const costUsd = computeCostUsd(
    checked.usage,
    findPrice(provider, check.model, deps.defaults.prices),
  )
  const pricing = classifyPricing(costUsd, checked.usage.estimatedTokens)
  return { ...checked, costUsd, pricing }
}

async function findAccountModel(
  { redis, keys }: TestDeps,
  provider: Provider,
  name: string,
): Promise<string | undefined> {
  const workers = selectServingWorkers(await listWorkers(redis, keys), provider)
  const own = workers.flatMap(({ accounts }) => accounts).filter((one) => one.provider === provider)
  const found = own.find((one) => one.name === name)
  if (found) return found.model ?? undefined
  const names = [...new Set(own.map((one) => one.name))]
  throw new AppError('PROVIDER_NOT_CONFIGURED', `No worker has an account ${name} of ${provider}`, {
    hint: names.length === 0 ? 'It has no accounts.' : `Its accounts: ${names.join(', ')}.`,
  })
}

function drainingError(): AppError {
  return new AppError('DRAINING', 'This server is stopping before the provider answered', {
    hint: 'Send it again: another replica, or the restarted server, accepts it.',
    retryable: true,
  })
}

function noAnswerError(provider: Provider, outcome: 'no-worker' | 'timed-out'): AppError {
  const message =
    outcome === 'no-worker'
      ? `No worker that serves ${provider} accepted the check`
      : `The worker that checks ${provider} did not answer`
  const hint = 'Check GET /api/v1/workers and the logs of the workers, then try again.'
  return new AppError('PROVIDER_UNAVAILABLE', message, { hint, retryable: true })
}

const CODES: Partial<Record<ItemProblem['reason'], ProblemCode>> = {
  provider_auth: 'PROVIDER_AUTH',
  quota_exhausted: 'PROVIDER_QUOTA',
  provider_not_configured: 'PROVIDER_MODEL_UNKNOWN',
}

/** Maps the problem of the worker, which has already removed secrets from it. */
function toAppError(problem: ItemProblem, retryAfterMs: number | undefined): AppError {
  const { reason, kind, title, hint, retryable } = problem
  return new AppError(CODES[reason] ?? 'PROVIDER_UNAVAILABLE', title, {
    retryable,
    extra: { reason, ...(kind === undefined ? {} : { kind }) },
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
