import type { ItemError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import type { FallbackModel } from './choose-fallback.ts'

/** Only a person can fix a key or a quota, and no event reports it, so the model is tried again after this time. */
const COOLDOWN_MS = 600_000

/** Fallback models that this process does not ask for a while, because they rejected the key or have no quota left. */
export interface FallbackCooldown {
  exclude(model: FallbackModel, why: ItemError): void
  isExcluded(model: FallbackModel): boolean
}

export function openFallbackCooldown(
  log: Pick<Log, 'warn'>,
  now = (): number => performance.now(),
): FallbackCooldown {
  const until = new Map<string, number>()
  const formatName = ({ provider, model }: FallbackModel): string => `${provider}/${model}`
  const isExcluded = (model: FallbackModel): boolean => (until.get(formatName(model)) ?? 0) > now()
  return {
    isExcluded,
    exclude: (model, { reason, message }) => {
      // All calls in flight fail in the same way; one log line is enough.
      if (isExcluded(model)) return
      until.set(formatName(model), now() + COOLDOWN_MS)
      log.warn(
        { fallbackModel: formatName(model), reason, detail: message, forMs: COOLDOWN_MS },
        'a fallback model rejects calls and is not asked for a while; check its key and quota',
      )
    },
  }
}
