import { expect, test } from 'vitest'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { learnDialect } from './learn-dialect.ts'
import { KEY, runWorker } from './run-worker.ts'

const HEAVY = 'sk-ant-heavy-0123456789abcdef'
const MODEL = 'claude-sonnet-5'

test('two accounts of a provider are used by their weights, and only one while the other is blocked', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    accounts: [
      { name: 'light', keys: [KEY] },
      { name: 'heavy', keys: [HEAVY] },
    ],
  })
  const account = {
    name: 'heavy',
    provider: 'anthropic',
    apiKey: HEAVY,
    baseUrl: sim.url,
    limits: 'concurrency=1000',
  }
  for (const name of ['anthropic', 'heavy']) await learnDialect(rig, name, MODEL)
  await runWorker(rig, sim, {
    CAPSTAN_ACCOUNTS: JSON.stringify([{ ...account, weight: 3 }]),
    CAPSTAN_CONCURRENCY: '24',
  })
  const types = (name: string) =>
    Array.from({ length: 24 }, (_, index) => makeDefinition(`${name}${index}`))
  const underWay = (): Promise<Record<string, number>> =>
    until('24 calls under way', () => {
      if (sim.stats().inFlight < 24) return undefined
      const names = sim.calls().filter(({ endedMs }) => endedMs === null)
      const count = (wanted: string) => names.filter(({ account: by }) => by === wanted).length
      return { light: count('light'), heavy: count('heavy') }
    })
  const release = sim.hold({ matching: 'First' })
  const first = await rig.scan(types('First'), { provider: 'anthropic', model: MODEL })
  const { heavy = 0 } = await underWay()
  // 18 in a row of calls; some of those that start in one moment may see each other late.
  expect(heavy).toBeGreaterThanOrEqual(15)
  expect(heavy).toBeLessThanOrEqual(21)
  release()
  expect(await rig.ended(first)).toMatchObject({ status: 'succeeded' })

  const before = sim.stats().calls
  sim.addFault({ kind: 'rate-limited', accounts: ['heavy'], retryAfter: 60 })
  const second = await rig.scan(types('Second'), { provider: 'anthropic', model: MODEL })
  expect(await rig.ended(second)).toMatchObject({ status: 'succeeded' })
  const later = sim.calls().slice(before)
  const answered = later.filter(({ verdict }) => verdict === 'answered')
  expect(answered.map(({ account: by }) => by)).toEqual(Array(24).fill('light'))
})
