import { expect, test } from 'vitest'
import { startRig } from '../support/api-rig.ts'

test('probes and version respond, and the root redirects to the docs', async () => {
  const rig = await startRig()
  expect((await rig.ask('/livez')).status).toBe(200)
  const ready = await rig.ask('/readyz?verbose')
  expect(await ready.json()).toEqual({
    ready: true,
    notReady: [],
    degraded: [],
    checks: [
      { name: 'accepting', ok: true },
      { name: 'redis', ok: true },
    ],
  })
  expect(await (await rig.ask('/version')).json()).toMatchObject({ name: 'capstan' })
  expect((await rig.ask('/')).headers.get('location')).toBe('/docs')
})

test('a draining server is live but not ready, and rejects new work', async () => {
  const rig = await startRig({ isDraining: () => true })
  expect((await rig.ask('/livez')).status).toBe(200)
  expect((await rig.ask('/readyz')).status).toBe(503)
  const refused = await rig.ask('/api/v1/scans', { json: {} })
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ code: 'DRAINING', retryable: true })
  expect((await rig.ask('/api/v1/scans')).status).toBe(200)
})
