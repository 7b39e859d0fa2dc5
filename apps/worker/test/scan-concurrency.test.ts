import { expect, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { runWorker } from './run-worker.ts'

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))
const ANTHROPIC = { provider: 'anthropic' } as const

test('two workers make no more calls at a time for a scan than its concurrency, also when types fail', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  sim.configure({
    latency: { kind: 'uniform', minMs: 60, maxMs: 90 },
    faults: [{ kind: 'refusal', matching: 'Type3' }],
  })
  await Promise.all([runWorker(rig, sim), runWorker(rig, sim)])
  const scanId = await rig.scan(types(20), { ...ANTHROPIC, concurrency: 3 })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'partial', concurrency: 3 })
  expect(scan.progress).toMatchObject({ succeeded: 19, failed: 1 })
  expect(sim.stats().maxInFlight).toBe(3)
})

test('a scan with a concurrency of 1 does not delay another scan', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  sim.configure({ latency: { kind: 'uniform', minMs: 20, maxMs: 20 } })
  const slow = await rig.scan(types(10, 'Slow'), { ...ANTHROPIC, concurrency: 1 })
  const other = await rig.scan(types(10, 'Other'), ANTHROPIC)
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '20' })
  await Promise.all([rig.ended(slow), rig.ended(other)])
  const [first, second] = await Promise.all([rig.journal.scan(slow), rig.journal.scan(other)])
  expect(first?.concurrency).toBe(1)
  expect(second?.concurrency).toBeNull()
  expect(Date.parse(second?.finishedAt ?? '')).toBeLessThan(Date.parse(first?.finishedAt ?? ''))
})
