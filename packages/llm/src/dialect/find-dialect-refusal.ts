import type { Dialect } from '@capstan/shared/inference/dialect'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { ItemError } from '@capstan/shared/errors'
import { findRefusedParts } from './find-refused-parts.ts'
import { listNextDialects, excludeDialects, type ApiDialects } from './next-dialects.ts'
import { readRefusal } from './read-refusal.ts'

/** Statuses of a refused request part. Templates and proxies send the 5xx ones. */
const CLEAR = new Set([400, 404, 405, 406, 415, 422, 500, 501, 502])
/** Statuses of an invalid request, also without a reason. */
const UNCLEAR = new Set([400, 415, 422, 501])
/** Reasons that another dialect cannot resolve. */
const OTHER_REASONS = new Set<ItemError['reason']>([
  'provider_auth',
  'quota_exhausted',
  'rate_limited',
  'context_too_long',
  'refused',
])

interface RefusedCall {
  dialects: ApiDialects
  dialect: Dialect
  /** The classified error. */
  original: ItemError
}

/**
 * Recognizes the refusal of the form of a request: the error names a part of it, or no reason at all. Undefined for all other
 * errors. `error`: the error of the SDK.
 */
export function findDialectRefusal(
  error: unknown,
  { dialects, dialect, original }: RefusedCall,
): DialectRefusal | undefined {
  const refused = readRefusal(error)
  if (!refused || OTHER_REASONS.has(original.reason)) return undefined
  const { status } = refused
  const parts = findRefusedParts(refused)
  if (!parts) return undefined
  if (parts.size > 0) {
    // An error with a success status may have no other status.
    if (status !== undefined && !CLEAR.has(status)) return undefined
    return new DialectRefusal({
      original,
      isClear: true,
      ...excludeDialects(dialects, dialect, parts),
    })
  }
  // All other classes have a known reason that another dialect cannot resolve.
  if (status === undefined || !UNCLEAR.has(status) || !isWithoutReason(original)) return undefined
  return new DialectRefusal({ original, isClear: false, ...listNextDialects(dialects, dialect) })
}

/** True for the classes without a known reason. The only 5xx status at this point is 501. */
function isWithoutReason({ kind }: ItemError): boolean {
  return kind === 'bad_request' || kind === 'server_fault'
}
