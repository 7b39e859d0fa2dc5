import type { CallItem, CallProgress, CallRequest } from '../call/model-call.ts'
import type { AttemptControls } from './attempt.ts'

/** Turns the progress of calls into what may be aborted, what the route guard counts, and the log of the job. */
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
      // The call of another type answers this one too.
      if (isShared) return count.takeOff()
      if (kind === 'again')
        log.note('the endpoint refused the dialect of the call: another one is next')
      log.begin(nameCall({ route, kind, isRepair }))
      // The guard counts request permits of the route of the job, and a fallback model has its own.
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
