import { AppError } from '@capstan/shared/errors'
import type { RouteBoundScope } from '@capstan/scan-store/journal/new-scan'

const TEXTS: Record<RouteBoundScope, { detail: string; hint: string }> = {
  token: {
    detail: 'The unfinished scans of this token use as many models as one token may at a time',
    hint: 'Wait for one of them to end or cancel it, or use one of their models. CAPSTAN_ROUTES_PER_CALLER sets the bound.',
  },
  installation: {
    detail: 'Scans use as many models at a time as this installation allows',
    hint: 'Wait for one of them to end, or use one of their models. CAPSTAN_MAX_ROUTES sets the bound.',
  },
}

/** A model becomes free when the last scan by it has ended and its queue is empty. */
const RETRY_AFTER_MS = 30_000

/** The refusal of a scan whose route would pass a bound on live routes. */
export function routesOverloaded(bound: RouteBoundScope): AppError {
  const { detail, hint } = TEXTS[bound]
  return new AppError('OVERLOADED', detail, {
    hint,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
  })
}
