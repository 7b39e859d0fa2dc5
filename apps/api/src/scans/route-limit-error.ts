import { AppError } from '@capstan/shared/errors'
import type { RouteBoundScope } from '@capstan/scan-store/journal/open/new-scan'

const TEXTS: Record<RouteBoundScope, { detail: string; hint: string }> = {
  token: {
    detail: 'The unfinished scans of this token use the maximum number of models for one token',
    hint: 'Wait until a scan finishes, cancel one, or use one of their models. CAPSTAN_ROUTES_PER_CALLER sets the maximum.',
  },
  installation: {
    detail: 'Scans use the maximum number of models of this installation',
    hint: 'Wait until a scan finishes, or use one of their models. CAPSTAN_MAX_ROUTES sets the maximum.',
  },
}

/** A route is released when its last scan has finished and its queue is empty. */
const RETRY_AFTER_MS = 30_000

/** Creates the error for a scan whose route would exceed a bound on live routes. */
export function routeLimitError(bound: RouteBoundScope): AppError {
  const { detail, hint } = TEXTS[bound]
  return new AppError('OVERLOADED', detail, {
    hint,
    retryable: true,
    retryAfterMs: RETRY_AFTER_MS,
  })
}
