import { loadavg } from 'node:os'
import { runVariant } from '../../routes/run-variant.ts'
import { VARIANTS } from '../../routes/variants.ts'
import type { EventLoopWindow } from '@capstan/testkit/event-loop/event-loop-windows'
import type { Row } from '../../report/table.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { renderRoutesPage, type RoutesRun } from './routes-page.ts'

const SCANS = 32
const TYPES_PER_SCAN = 60

/** Cost of many busy routes in one worker process. */
export const routes: Scenario = {
  name: 'routes',
  summary: '32 busy routes in one worker process, against one; memory and event loop; 3 min a seed',
  seeds: 3,
  run: (lab, seeds) =>
    runWithCrds(SCANS * TYPES_PER_SCAN, async (cluster, types) => {
      const scans = Array.from({ length: SCANS }, (_, index) =>
        types.slice(index * TYPES_PER_SCAN, (index + 1) * TYPES_PER_SCAN),
      )
      const variants = Object.values(VARIANTS)
      const runs: RoutesRun[] = []
      for (const seed of seeds) {
        // Alternating order, so that a machine that gets slower affects all variants.
        for (const variant of seed % 2 === 1 ? variants : variants.toReversed()) {
          const work = { redisUrl: lab.redisUrl, cluster, seed, scans, signal: lab.signal }
          const loadBefore = loadavg()[0] ?? 0
          const run = { seed, variant, loadBefore, ...(await runVariant(variant, work)) }
          report(lab, run)
          runs.push(run)
        }
      }
      return renderRoutesPage(runs, { scans: SCANS, typesPerScan: TYPES_PER_SCAN })
    }),
}

function report(lab: Lab, { seed, variant, opening, running, ...measures }: RoutesRun): void {
  lab.record({
    seed,
    variant: variant.name,
    ...measures,
    ...prefixNames('opening', opening),
    ...prefixNames('running', running),
  })
  const { tookMs, peakRssMb, connections } = measures
  const delays = `event loop p99 ${running.p99Ms.toFixed(1)} ms, max ${running.maxMs.toFixed(0)} ms`
  lab.log(
    `seed ${seed}, ${variant.name}: ${tookMs} ms, ${peakRssMb.toFixed(0)} MiB, ${connections} connections, ${delays}`,
  )
}

function prefixNames(name: string, window: EventLoopWindow): Row {
  return Object.fromEntries(Object.entries(window).map(([key, value]) => [`${name}.${key}`, value]))
}
