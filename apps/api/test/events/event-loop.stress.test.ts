import { expect, test } from 'vitest'
import { measureRoutes } from '@capstan/testkit/event-loop/measure-routes'
import { WORST_REQUESTS } from '@capstan/testkit/event-loop/worst/worst-requests'
import { testRedis } from '@capstan/testkit/redis'
import { startRig } from '../support/api-rig.ts'
import { routeTable } from '../support/route-table.ts'

const TYPES = 2_000
const ROWS = 10_000
/** Limit of CPU time, which other processes do not affect. `bench event-loop` has the figures. */
const MOST_MS = 1_000
/** Takes 90 s on an idle machine. On a busy machine the largest bodies take up to 30 s each. */
const TIMEOUT = { timeout: 1_800_000 }

test('every route of the API has worst-case requests, and every worst-case request has a route', async () => {
  const rig = await startRig({ compat: 'dot-ai' })
  const routes = routeTable(rig.app).filter(({ method }) => method !== 'HEAD')
  const known = new Set(routes.map(({ method, pattern }) => `${method} ${pattern}`))
  expect(new Set(Object.keys(WORST_REQUESTS))).toEqual(known)
})

test(
  `no worst-case request blocks the event loop for a second, with ${TYPES} types and ${ROWS} rows`,
  TIMEOUT,
  async () => {
    const { url, keys } = testRedis()
    const measured = await measureRoutes({
      redisUrl: url,
      prefix: keys.prefix,
      types: TYPES,
      rows: ROWS,
    })
    const routes = new Set(measured.map(({ route }) => route))
    expect(routes).toEqual(new Set(['start', 'scene', ...Object.keys(WORST_REQUESTS)]))
    for (const { route, place, status, window } of measured.filter(
      (one) => one.route !== 'start',
    )) {
      expect(window.maxComputeMs, `${route}, request ${place}: ms of the loop`).toBeLessThan(
        MOST_MS,
      )
      // A busy machine may reject a request with 503. No request may fail otherwise.
      expect(status, `${route}, request ${place}`).not.toBe(500)
    }
  },
)
