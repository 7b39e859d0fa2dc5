import { ItemError } from '@capstan/shared/errors'
import type { Journal } from '@capstan/scan-store/journal/types'
import { costAtPrice } from '@capstan/shared/prices/cost-at-price'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { FallbackModel } from '../accounts/choose-fallback.ts'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { CallItem } from './model-call.ts'

/**
 * Reserves what a call of a fallback model may cost in the budget of the scan: the claim has reserved the price of the scan's
 * own model. Throws ItemError, and the scan is paused, when too little is left.
 */
export async function reserveFallback(
  journal: Pick<Journal, 'reserve'>,
  { claim: { scan, entry, epoch } }: CallItem,
  { price }: FallbackModel,
): Promise<void> {
  const needed = { costUsd: costAtPrice(entry, scan.price, price), pausesWhenExceeded: true }
  const reserving = journal.reserve(scan.id, entry.resource, epoch, needed)
  const reserved = await withTimeout(reserving, STORE_MS, 'the journal')
  if (reserved !== 'over-budget') return
  throw new ItemError(
    'budget_exceeded',
    'pause-scan',
    'The fallback model would exceed the budget of the scan',
    {
      hint:
        'Resume the scan with a larger budget (`capstan resume ID --max-cost 5`, or POST /scans/{id}/resume with `budget`), ' +
        'or when its own provider answers again.',
    },
  )
}
