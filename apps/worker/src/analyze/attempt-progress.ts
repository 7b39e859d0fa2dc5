import type { CallItem, CallProgress, CallRequest } from '../call/model-call.ts'
import type { AttemptControls } from './attempt.ts'

/** Applies the progress of calls to the abort phase, the job start count and the log of the job. */
export function openAttemptProgress(
  { phase, count, log }: Pick<AttemptControls, 'phase' | 'count' | 'log'>,
  { claim: { scan } }: Pick<CallItem, 'claim'>,
): CallProgress {
  return {
    wait: () => {
      phase.wait()
      log.begin('wait for admission')
    },
    sent: ({ route, kind, isRepair }, { isShared } = { isShared: false }) => {
      phase.send()
      // A call that is counted for another type answers this type too.
      if (isShared) return count.refund()
      if (kind === 'again')
        log.note('the endpoint refused the dialect of the call: another one is next')
      log.begin(nameCall({ route, kind, isRepair }))
      // The rate limit of the queue counts calls of its route only; a fallback model has another route.
      if (route.provider === scan.provider && route.model === scan.model) count.keep()
    },
    end: () => log.end(),
    loseLease: () => phase.abortUnsent('lease-lost'),
    note: (line) => log.note(line),
  }
}

function nameCall({
  route,
  kind,
  isRepair,
}: Pick<CallRequest, 'route' | 'kind' | 'isRepair'>): string {
  const what = isRepair ? 'repair by' : 'call of'
  return `${kind === 'hedged' ? 'hedged ' : ''}${what} ${route.provider}/${route.model}`
}
