import { totalTokens } from '@capstan/shared/inference/add-usage'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { costAtPrice } from '@capstan/shared/prices/cost-at-price'
import { computeCostUsd, type Price } from '@capstan/shared/prices/price'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Journal } from '@capstan/scan-store/journal/types'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { CallItem, CallRequest, Stage } from './model-call.ts'

interface ScanBudgetDeps {
  journal: Pick<Journal, 'reserve'>
  findPrice: (provider: Provider, model: string) => Price | null
}

/**
 * Reserves a hedged request in the budget of the scan, which has planned one call. Throws, and the reservation stays as it
 * was, when too little is left.
 */
export function withScanBudget(deps: ScanBudgetDeps): Stage {
  return (next) => async (request) => {
    const { kind, item } = request
    if (kind === 'hedged' && item && !(await reserveTwoCalls(deps, request, item))) {
      throw new Error('the budget of the scan has no room for a second call')
    }
    return next(request)
  }
}

/** Reserves two calls and the spend of this attempt. */
async function reserveTwoCalls(
  { journal, findPrice }: ScanBudgetDeps,
  { route, spentBefore = NO_USAGE }: CallRequest,
  { claim: { scan, entry, epoch } }: CallItem,
): Promise<boolean> {
  const isOwnModel = route.provider === scan.provider && route.model === scan.model
  const price = isOwnModel ? scan.price : findPrice(route.provider, route.model)
  const needed = {
    tokens: totalTokens(spentBefore) + 2 * entry.estimatedTokens,
    costUsd: (computeCostUsd(spentBefore, price) ?? 0) + 2 * costAtPrice(entry, scan.price, price),
    pausesWhenExceeded: false,
  }
  const reserving = journal.reserve(scan.id, entry.resource, epoch, needed)
  return (await withTimeout(reserving, STORE_MS, 'the journal')) === 'reserved'
}
