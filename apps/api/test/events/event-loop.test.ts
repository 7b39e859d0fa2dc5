import { expect, test } from 'vitest'
import { measureRoutes } from '@capstan/testkit/event-loop/measure-routes'
import { WORST_REQUESTS } from '@capstan/testkit/event-loop/worst/worst-requests'
import { testRedis } from '@capstan/testkit/redis'
import { startRig } from '../support/api-rig.ts'
import { routeTable } from '../support/route-table.ts'

const TYPES = 2_000
const ROWS = 10_000
/** Of processor time, which other processes do not change; `bench event-loop` has the figures. */
const MOST_MS = 1_000
/** A minute and a half alone. Not a measure: on a busy machine the largest bodies take all of their 30 s. */
const PATIENCE = { timeout: 1_800_000 }

test('every route of the API has its worst requests, and each of them is of a route', async () => {
  const rig = await startRig({ compat: 'dot-ai' })
  const routes = routeTable(rig.app).filter(({ method }) => method !== 'HEAD')
  const known = new Set(routes.map(({ method, pattern }) => `${method} ${pattern}`))
  expect(new Set(Object.keys(WORST_REQUESTS))).toEqual(known)
})

test(
  `no route blocks the event loop for a second by its worst requests, with ${TYPES} types and ${ROWS} rows`,
  PATIENCE,
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
      // A busy machine may refuse a request (503), and none may fail.
      expect(status, `${route}, request ${place}`).not.toBe(500)
    }
  },
)
