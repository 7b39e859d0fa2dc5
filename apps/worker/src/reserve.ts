import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { Journal } from '@capstan/scan-store/journal/types'
import { ItemError } from '@capstan/shared/errors'
import { costAtPrice } from '@capstan/shared/prices/cost-at-price'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { StandIn } from './gate/fallback.ts'
import { STORE_MS } from './time-limits.ts'
import { spentBy, type Work } from './work.ts'

interface ReserveDeps {
  journal: Pick<Journal, 'reserve'>
}

/** The claim set aside what the scan's own model may cost. Throws ItemError, and the scan is paused, when that is not enough. */
export async function reserveFor(
  { journal }: ReserveDeps,
  { claim }: Work,
  { price }: StandIn,
): Promise<void> {
  const { scan, entry, epoch } = claim
  const needed = { costUsd: costAtPrice(entry, scan.price, price), pauses: true }
  const reserving = journal.reserve(scan.id, entry.resource, epoch, needed)
  const reserved = await withTimeout(reserving, STORE_MS, 'the journal')
  if (reserved !== 'over-budget') return
  throw new ItemError(
    'budget_exceeded',
    'pause-scan',
    'The model that stands in would pass the budget of the scan',
    {
      hint:
        'Resume the scan with a larger budget (`capstan resume ID --max-cost 5`, or POST /scans/{id}/resume with `budget`), ' +
        'or when its own provider answers again.',
    },
  )
}

/**
 * Sets aside what this start has spent and two more calls, for a second one that is made beside the first. False, and all
 * stays as it was, when the budget of the scan has not so much left, or nobody knows.
 */
export async function reserveTwice({ journal }: ReserveDeps, work: Work): Promise<boolean> {
  const { claim, by } = work
  const { scan, entry, epoch } = claim
  const usage = spentBy(work)
  const spent = totalTokens(usage)
  const needed = {
    tokens: spent + 2 * entry.estimatedTokens,
    costUsd: (computeCostUsd(usage, by.price) ?? 0) + 2 * costAtPrice(entry, scan.price, by.price),
    pauses: false,
  }
  const reserving = journal.reserve(scan.id, entry.resource, epoch, needed)
  const reserved = await withTimeout(reserving, STORE_MS, 'the journal').catch(() => undefined)
  return reserved === 'reserved'
}
