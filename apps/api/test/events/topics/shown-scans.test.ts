import { expect, test } from 'vitest'
import { loadShownScans } from '../../../src/events/topics/shown-scans.ts'
import { startRig } from '../../support/api-rig.ts'
import { scanMaker } from '../../support/scan-maker.ts'

test('a state that only a snapshot contained is sent once to clients without that snapshot', async () => {
  const { deps } = await startRig()
  const maker = scanMaker(deps.journal)
  const id = await maker.open()
  const list = await loadShownScans(deps.journal)
  expect(await list.read()).toMatchObject([{ id, lastSeq: 0 }])
  const scan = await maker.read(id)
  expect(list.send(scan)).toBe(true)
  expect(list.send(scan)).toBe(false)
  await maker.plan(id, [])
  expect(list.send(await maker.read(id))).toBe(true)
  expect(list.send(scan)).toBe(false)
})
