import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { AdmissionWait } from '@capstan/limits/types'

/** Aborts a wait for admission with MaxWaitError once the circuit breaker has been open for `maxMs` of it. */
export function boundBreakerWait(maxMs: number, signal: AbortSignal) {
  const waiting = new AbortController()
  const passOn = (): void => waiting.abort(signal.reason)
  signal.addEventListener('abort', passOn, { once: true })
  let openSince: number | undefined
  return {
    signal: waiting.signal,
    onWait: ({ because, waitMs }: Pick<AdmissionWait, 'because' | 'waitMs'>): void => {
      if (because !== 'breaker') {
        openSince = undefined
        return
      }
      openSince ??= performance.now()
      if (performance.now() - openSince >= maxMs) waiting.abort(new MaxWaitError(waitMs, because))
    },
    end: (): void => signal.removeEventListener('abort', passOn),
  }
}
