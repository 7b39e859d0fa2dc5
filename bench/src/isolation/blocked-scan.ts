import { setTimeout as wait } from 'node:timers/promises'
import type { FaultConfig } from '@capstan/provider-sim/config/fault-config'
import { computeBurstSizes } from '../measures/burst-sizes.ts'
import { cancelBenchScan, startBenchScan } from '../stack/bench-scan.ts'
import { callApi } from '../stack/call-api.ts'
import { readRoute } from '../stack/read-route.ts'
import { AGAIN } from './time-scan.ts'
import type { Workbench } from './workbench.ts'

export const PAUSES = ['day', 'minute'] as const
export type Pause = (typeof PAUSES)[number]

const SECONDS = { day: 86_400, minute: 60 } as const satisfies Record<Pause, number>
const TYPES = 400
const LOOK_MS = 50
/** Calls of one burst are milliseconds apart; bursts are a pause apart. */
const BURST_GAP_MS = 30_000

/** The provider rejects every call to the models of these pauses. */
export const REJECTIONS = PAUSES.map((pause) => ({
  kind: 'rate-limited' as const,
  model: nameModel(pause),
  retryAfter: SECONDS[pause],
})) satisfies Partial<FaultConfig>[]

/** The blocked scan beside which other scans are measured. */
export interface BlockedScan {
  /** Number of rejected calls in each burst. */
  bursts(): number[]
  /** Removes its jobs and ends the pause. */
  end(): Promise<BlockedScanMeasures>
}

export interface BlockedScanMeasures {
  pause: Pause
  /** Jobs that waited in the paused queue. */
  waiting: number
  /** Number of rejected calls in each burst. */
  bursts: number[]
}

function nameModel(pause: Pause): string {
  return `paused-for-a-${pause}`
}

/** Starts a scan with a model whose calls the provider rejects. Returns when the route of the model is paused. */
export async function startBlockedScan(bench: Workbench, pause: Pause): Promise<BlockedScan> {
  const { stack, calls, types, signal } = bench
  const { apiUrl } = stack
  const model = nameModel(pause)
  const earlier = calls.of(model).length
  const listBursts = (): number[] => {
    const made = calls.of(model).slice(earlier)
    return computeBurstSizes(
      made.map(({ arrivedMs }) => arrivedMs),
      BURST_GAP_MS,
    )
  }
  const include = types.slice(-TYPES)
  const request = { provider: 'anthropic', model, include, ...AGAIN } as const
  const scan = await startBenchScan(apiUrl, request, signal)
  let route = await readRoute(apiUrl, model, signal)
  while (!route?.pause) {
    await wait(LOOK_MS, undefined, { signal })
    route = await readRoute(apiUrl, model, signal)
  }
  const waiting = route.backlog
  return {
    bursts: listBursts,
    end: async () => {
      const measures = { pause, waiting, bursts: listBursts() }
      await cancelBenchScan(apiUrl, scan.id, signal)
      const resume = `${apiUrl}/api/v1/providers/anthropic/resume`
      await callApi(resume, { method: 'POST', body: { model }, signal })
      return measures
    },
  }
}
