import type { ItemError } from '@capstan/shared/errors'
import type { EndpointDescription } from './endpoint-description.ts'
import type { CallFailure } from './call-failure.ts'

/** A class of failures with the same meaning. */
export interface FaultClass {
  /** Stable name of the class. */
  kind: string
  reason: ItemError['reason']
  policy: ItemError['policy']
  matches: (failure: CallFailure) => boolean
  /** Predicate after the name of the endpoint: `refused the key`. */
  title: string
  /** Returns a sentence with the setting to check. */
  hint?: (endpoint: EndpointDescription, failure: CallFailure) => string
  /** True when the URL may be wrong, so that the title shows it. */
  showsUrl?: boolean
}
