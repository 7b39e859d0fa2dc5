import type { ItemError } from '@capstan/shared/errors'
import type { EndpointDescription } from './endpoint-description.ts'
import type { CallFailure } from './call-failure.ts'

/** Failures that mean the same, whatever their wording. */
export interface FaultClass {
  /** Its stable name: equal faults of a route have an equal kind. */
  kind: string
  reason: ItemError['reason']
  policy: ItemError['policy']
  matches: (failure: CallFailure) => boolean
  /** What the endpoint does, after its name: `refused the key`. */
  title: string
  /** One sentence with the setting to check. */
  hint?: (endpoint: EndpointDescription, failure: CallFailure) => string
  /** The URL is what is wrong, so the title shows it. */
  showsUrl?: boolean
}
