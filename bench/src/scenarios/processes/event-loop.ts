import { randomBytes } from 'node:crypto'
import { measureRoutes, type RequestMeasure } from '@capstan/testkit/event-loop/measure-routes'
import type { Scenario } from '../../scenario.ts'
import { deletePrefix } from '../../stack/delete-prefix.ts'
import { renderEventLoopPage } from './event-loop-page.ts'

/** The largest recorded cluster has 1,621 types; the catalog is that of a dozen such clusters. */
const SIZES = { types: 2_000, rows: 20_000 }

/** How long the worst requests of each route block the event loop of the API. */
export const eventLoop: Scenario = {
  name: 'event-loop',
  summary:
    'the worst requests of every route of the API, with 2,000 types and 20,000 rows; a minute a seed',
  // Nothing is random; further runs show the noise of the machine.
  seeds: 3,
  run: async (lab, seeds) => {
    const runs: RequestMeasure[][] = []
    for (const seed of seeds) {
      lab.signal.throwIfAborted()
      const prefix = `{bench-${randomBytes(4).toString('hex')}}`
      try {
        const plan = { redisUrl: lab.redisUrl, prefix, ...SIZES }
        const measured = await measureRoutes(plan)
        for (const { route, place, status, window } of measured) {
          const { maxMs, maxComputeMs, tookMs } = window
          lab.record({ seed, route, place, status, maxMs, maxComputeMs, tookMs })
        }
        runs.push(measured)
      } finally {
        await deletePrefix(lab.redisUrl, prefix)
      }
    }
    return renderEventLoopPage(runs, SIZES)
  },
}
