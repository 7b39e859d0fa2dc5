import type { Dialect } from '@capstan/shared/inference/dialect'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { ItemError } from '@capstan/shared/errors'
import { findRefusedParts } from './find-refused-parts.ts'
import { listNextDialects, excludeDialects, type WireDialects } from './next-dialects.ts'
import { readRefusal } from './read-refusal.ts'

/** Statuses with which servers refuse a part of a request. Those of the 500s come from templates and proxies. */
const CLEAR = new Set([400, 404, 405, 406, 415, 422, 500, 501, 502])
/** Statuses that say that the request is at fault, whatever else is said. */
const UNCLEAR = new Set([400, 415, 422, 501])
/** Reasons that no other dialect helps against, by whatever a text may name. */
const OTHER_REASONS = new Set<ItemError['reason']>([
  'provider_auth',
  'quota_exhausted',
  'rate_limited',
  'context_too_long',
  'refused',
])

interface Asked {
  wire: WireDialects
  dialect: Dialect
  /** The same error as it is classified. */
  original: ItemError
}

/**
 * Recognises that an endpoint refuses the form of a request: it names a part of it, or it names no reason at all. Undefined
 * for every other error. `error` is as an SDK has thrown it.
 */
export function findDialectRefusal(
  error: unknown,
  { wire, dialect, original }: Asked,
): DialectRefusal | undefined {
  const refused = readRefusal(error)
  if (!refused || OTHER_REASONS.has(original.reason)) return undefined
  const { status } = refused
  const parts = findRefusedParts(refused)
  if (!parts) return undefined
  if (parts.size > 0) {
    // An error in a good answer may name no status.
    if (status !== undefined && !CLEAR.has(status)) return undefined
    return new DialectRefusal({ original, isClear: true, ...excludeDialects(wire, dialect, parts) })
  }
  // Every other class says what is wrong, and no dialect helps against it.
  if (status === undefined || !UNCLEAR.has(status) || !isWithoutReason(original)) return undefined
  return new DialectRefusal({ original, isClear: false, ...listNextDialects(wire, dialect) })
}

/** Below 500 the class of all that has no other; of the 500s only what is not implemented (501) comes here. */
function isWithoutReason({ kind }: ItemError): boolean {
  return kind === 'bad_request' || kind === 'server_fault'
}
