import { backoffMs } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { formatDuration } from '@capstan/shared/text/units'
import { startChild, type Child, type ChildPlan } from './start-child.ts'

export interface SupervisedChild {
  url: string
  /** Stops the child for good. */
  stop(): Promise<void>
}

export interface SupervisionOptions {
  log: (line: string) => void
  signal: AbortSignal
}

const RESTART_STEPS = { firstMs: 500, longestMs: 30_000 }
/** A child that ran for longer started successfully, so its next exit counts as the first one. */
const WELL_MS = 60_000

/** Starts a child and restarts it on the same port whenever it exits. Rejects when the first start fails. */
export async function superviseChild(
  plan: ChildPlan,
  { log, signal }: SupervisionOptions,
): Promise<SupervisedChild> {
  const stopping = new AbortController()
  const until = AbortSignal.any([signal, stopping.signal])
  let child = await startChild(plan, signal)
  const { url } = child
  // Other processes know this address. Workers receive no requests, so any port is fine.
  const fixed = plan.app === 'worker' ? {} : { PORT: new URL(url).port }
  const again = { ...plan, environment: { ...plan.environment, ...fixed } }
  const supervising = supervise()
  return {
    url,
    stop: async () => {
      stopping.abort()
      await child.stop()
      await supervising
    },
  }

  async function supervise(): Promise<void> {
    let deaths = 0
    for (;;) {
      const since = performance.now()
      const end = await child.ended
      if (until.aborted) return
      if (end.isMisconfigured) {
        return log(`${plan.name} cannot run with these settings: ${end.lastLines.join(' ')}`)
      }
      deaths = performance.now() - since > WELL_MS ? 1 : deaths + 1
      const waitMs = backoffMs(deaths - 1, RESTART_STEPS)
      log(`${plan.name} ended (${end.how}); restarting in ${formatDuration(waitMs)}.`)
      await sleep(waitMs, { signal: until })
      if (until.aborted) return
      child = await restart(child)
    }
  }

  async function restart(before: Child): Promise<Child> {
    try {
      const next = await startChild(again, until)
      log(`${plan.name} is running again.`)
      return next
    } catch (error) {
      if (!until.aborted) log(error instanceof Error ? error.message : 'the process did not start')
      return before // already ended: the loop waits longer and tries again
    }
  }
}
