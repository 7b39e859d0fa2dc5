import type { ItemError } from '@capstan/shared/errors'
import type { Endpoint } from './endpoint.ts'
import type { Failure } from './failure.ts'

/** Failures that mean the same, whatever their wording. */
export interface FaultClass {
  /** Its stable name: equal faults of a route have an equal kind. */
  kind: string
  reason: ItemError['reason']
  policy: ItemError['policy']
  matches: (failure: Failure) => boolean
  /** What the endpoint does, after its name: `refused the key`. */
  title: string
  /** One sentence with the setting to check. */
  hint?: (endpoint: Endpoint, failure: Failure) => string
  /** The URL is what is wrong, so the title shows it. */
  showsUrl?: boolean
}
