import { ItemError } from '@capstan/shared/errors'
import { contentKey } from '@capstan/shared/inference/content-key'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { FallbackModel } from '../accounts/choose-fallback.ts'
import type { RouteStatus } from '../accounts/route-status.ts'
import { MAX_WAIT_MS, STORE_MS } from '../accounts/time-limits.ts'
import { addSpent, getCause, getSpent } from './model-call-error.ts'
import { addLedgers, hasBought, type Ledger } from './ledger.ts'
import type { CallItem, ItemRequest, ItemStage, ModelCall, StoredAnswer } from './model-call.ts'

export interface FallbackDeps {
  routes: Pick<RouteStatus, 'chooseFallback' | 'excludeFallback'>
  /** Reserves what a call of the model may cost in the budget of the scan. Throws ItemError when too little is left. */
  reserve: (item: CallItem, model: FallbackModel) => Promise<void>
  /** How long the circuit breaker must be open before another model answers. */
  afterMs: number
}

/**
 * Asks a fallback model when the provider of the scan stays down. The provider is asked first all the same, because only a
 * call can notice the end of the outage.
 */
export function withFallback(deps: FallbackDeps): ItemStage<StoredAnswer> {
  return (next) => async (original) => {
    const request = { ...original, maxBreakerWaitMs: deps.afterMs }
    const known = await choose(deps, request)
    try {
      return await next(known ? { ...request, maxWaitMs: 0 } : request)
    } catch (error) {
      if (!mayAskFallback(error, known !== undefined)) throw error
      return askFallback(deps, next, { request, first: known, error })
    }
  }
}

function choose({ routes }: FallbackDeps, { item }: ItemRequest) {
  return withTimeout(routes.chooseFallback(item.claim.scan), STORE_MS, 'the limits')
}

interface FailedRequest {
  request: ItemRequest
  first: FallbackModel | undefined
  error: unknown
}

/** Returns the answer of the first fallback model that can be called. Without one it throws the error of the model of the scan. */
async function askFallback(
  deps: FallbackDeps,
  next: ModelCall<ItemRequest, StoredAnswer>,
  { request, first, error: own }: FailedRequest,
): Promise<StoredAnswer> {
  const { item } = request
  const { outlineHash } = item.definition
  let spent: Ledger = getSpent(own)
  for (
    let model = first ?? (await choose(deps, request));
    model;
    model = await choose(deps, request)
  ) {
    await deps.reserve(item, model).catch((error: unknown) => {
      throw addSpent(error, spent)
    })
    const route = { ...model, contentKey: contentKey({ outlineHash, ...model }) }
    try {
      const answer = await next({ ...request, route })
      return { ...answer, spent: addLedgers(spent, answer.spent) }
    } catch (error) {
      const failure = addSpent(error, spent, route)
      if (!isUnusable(failure.cause)) throw failure
      deps.routes.excludeFallback(model, failure.cause)
      spent = failure.spent
    }
  }
  throw addSpent(getCause(own), spent)
}

/** Returns whether only this fallback model is unusable. An error with an end, such as the daily budget, concerns all models. */
function isUnusable(cause: unknown): cause is ItemError {
  return cause instanceof ItemError && cause.policy === 'pause-scan' && !cause.until
}

/**
 * After a wait that is too long, a rejection that asks for a long wait, or a failed probe: otherwise the last types of a scan
 * would be the probes for as long as an outage lasts. Not once tokens are spent: they have the price of the scan's own model.
 */
function mayAskFallback(error: unknown, isDown: boolean): boolean {
  if (hasBought(getSpent(error))) return false
  const cause = getCause(error)
  if (cause instanceof MaxWaitError) return true
  if (!(cause instanceof ItemError)) return false
  if (cause.policy === 'wait') return (cause.retryAfterMs ?? 0) > MAX_WAIT_MS
  const isOutage = cause.reason === 'provider_error' || cause.reason === 'timeout'
  return isDown && isOutage && cause.policy === 'retry'
}
