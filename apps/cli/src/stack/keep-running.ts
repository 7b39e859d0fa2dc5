import { backoffMs } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { spokenTime } from '../output/units.ts'
import { startChild, type Child, type ChildPlan } from './start-child.ts'

export interface Kept {
  url: string
  /** Ends it and does not start it again. */
  stop(): Promise<void>
}

export interface Keeping {
  tell: (line: string) => void
  signal: AbortSignal
}

const RESTART_STEPS = { firstMs: 500, longestMs: 30_000 }
/** Who has run so long has started well; its next end counts as the first. */
const WELL_MS = 60_000

/** Starts a child and starts it again, on the same port, whenever it dies. Rejects when the first start fails. */
export async function keepRunning(plan: ChildPlan, { tell, signal }: Keeping): Promise<Kept> {
  const stopping = new AbortController()
  const until = AbortSignal.any([signal, stopping.signal])
  let child = await startChild(plan, signal)
  const { url } = child
  // Others know its address; a worker is asked by nobody.
  const fixed = plan.app === 'worker' ? {} : { PORT: new URL(url).port }
  const again = { ...plan, environment: { ...plan.environment, ...fixed } }
  const kept = keep()
  return {
    url,
    stop: async () => {
      stopping.abort()
      await child.stop()
      await kept
    },
  }

  async function keep(): Promise<void> {
    let deaths = 0
    for (;;) {
      const since = performance.now()
      const end = await child.ended
      if (until.aborted) return
      if (end.isMisconfigured) {
        return tell(`${plan.name} cannot run with these settings: ${end.lastLines.join(' ')}`)
      }
      deaths = performance.now() - since > WELL_MS ? 1 : deaths + 1
      const waitMs = backoffMs(deaths - 1, RESTART_STEPS)
      tell(`${plan.name} ended (${end.how}); it is started again in ${spokenTime(waitMs)}.`)
      await sleep(waitMs, { signal: until })
      if (until.aborted) return
      child = await restarted(child)
    }
  }

  async function restarted(before: Child): Promise<Child> {
    try {
      const next = await startChild(again, until)
      tell(`${plan.name} runs again.`)
      return next
    } catch (error) {
      if (!until.aborted) tell(error instanceof Error ? error.message : 'it did not start')
      return before // ended: the loop waits longer and tries once more
    }
  }
}
