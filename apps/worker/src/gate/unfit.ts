import type { ItemError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import type { Fallback, StandIn } from './fallback.ts'

/** Only a person can mend a key or a quota, but nobody tells us when that is done. */
const LEFT_OUT_MS = 600_000

/** Stand-ins of this process that refused our key or have no quota left. */
export interface Unfit {
  add(other: StandIn, why: ItemError): void
  without(fallback: Fallback | undefined): Fallback | undefined
}

/** Nobody is unfit at first. Each is told in the log once. */
export function openUnfit(log: Pick<Log, 'warn'>, now = (): number => performance.now()): Unfit {
  const until = new Map<string, number>()
  const nameOf = ({ provider, model }: StandIn): string => `${provider}/${model}`
  const isFit = (other: StandIn): boolean => (until.get(nameOf(other)) ?? 0) <= now()
  return {
    add: (other, { reason, message }) => {
      // Calls that were under way together all say the same.
      if (!isFit(other)) return
      until.set(nameOf(other), now() + LEFT_OUT_MS)
      log.warn(
        { standIn: nameOf(other), reason, detail: message, forMs: LEFT_OUT_MS },
        'a model that stands in cannot be asked and is left out for a while; look at its key and quota',
      )
    },
    without: (fallback) => fallback && { ...fallback, to: fallback.to.filter(isFit) },
  }
}
