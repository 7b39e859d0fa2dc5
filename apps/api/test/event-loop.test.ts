import { expect, test } from 'vitest'
import { measureRoutes } from '@capstan/testkit/event-loop/measure-routes'
import { WORST_REQUESTS } from '@capstan/testkit/event-loop/worst/worst-requests'
import { testRedis } from '@capstan/testkit/redis'
import { startRig } from './api-rig.ts'
import { routeTable } from './route-table.ts'

const TYPES = 2_000
const ROWS = 20_000
/** A bound against work of the wrong order, on a machine many times slower; `bench event-loop` has the figures. */
const MOST_MS = 1_000

test('every route of the API has its worst requests, and each of them is of a route', async () => {
  const rig = await startRig({ compat: 'dot-ai' })
  const routes = routeTable(rig.app).filter(({ method }) => method !== 'HEAD')
  const known = new Set(routes.map(({ method, pattern }) => `${method} ${pattern}`))
  expect(new Set(Object.keys(WORST_REQUESTS))).toEqual(known)
})

test(`no route blocks the event loop for a second by its worst requests, with ${TYPES} types and ${ROWS} rows`, async () => {
  const { url, keys } = testRedis()
  const measured = await measureRoutes({
    redisUrl: url,
    prefix: keys.prefix,
    types: TYPES,
    rows: ROWS,
  })
  if (process.env['DBG']) for (const { route, place, status, window } of measured) if (window.maxMs > 25) console.log(route, place, status, window.maxMs.toFixed(0), window.tookMs.toFixed(0), window.busyShare.toFixed(2))
  const routes = new Set(measured.map(({ route }) => route))
  expect(routes).toEqual(new Set(['start', 'scene', ...Object.keys(WORST_REQUESTS)]))
  for (const { route, place, status, window } of measured) {
    expect(window.maxMs, `${route}, request ${place}: longest delay in ms`).toBeLessThan(MOST_MS)
    expect(status, `${route}, request ${place}`).toBeLessThan(500)
  }
})
