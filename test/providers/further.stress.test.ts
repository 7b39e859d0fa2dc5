import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  FURTHER_PRODUCTS,
  FURTHER_SERVERS,
} from '@capstan/testkit/odd-provider/further/further-servers'
import type { FurtherServer } from '@capstan/testkit/odd-provider/further/further-server'
import { startOddStack, type OddStack } from './odd-stack.ts'

const TYPES = 3
/** Calls that discover the dialect of an endpoint. */
const MORE = 3
/** Repairs of each type, or five identical faults with the calls in flight. */
const MOST = 4 * TYPES

const ROWS = Object.entries(FURTHER_SERVERS).map(([name, { wire, ...server }]) => ({
  ...server,
  model: `${wire === 'openai' ? 'further' : 'further-messages'}/${name}`,
  provider: wire,
  types: TYPES,
  end: describeEnd(server),
}))

function describeEnd({ succeeds, reasons }: Pick<FurtherServer, 'succeeds' | 'reasons'>): string {
  const stops = `stops with ${reasons.join(' or ')}`
  return { always: 'succeeds', maybe: `succeeds or ${stops}`, never: stops }[succeeds]
}

let odd: OddStack

beforeAll(async () => {
  odd = await startOddStack({ types: TYPES, provider: { more: FURTHER_PRODUCTS } })
  odd.runAll(ROWS)
})

afterAll(() => odd.stop())

test.each(ROWS)(
  'a scan of three types with $model $end after few calls',
  async ({ model, succeeds, reasons }) => {
    const { scan, counts } = await odd.outcomeOf(model)
    if (scan.status === 'succeeded') {
      expect(succeeds).not.toBe('never')
      expect(counts.all).toBeLessThanOrEqual(TYPES + MORE)
      return
    }
    expect(succeeds).not.toBe('always')
    expect(counts.all).toBeLessThanOrEqual(MOST)
    const paused = scan.pause?.problem?.reason
    const found = paused ? [paused] : Object.keys(scan.failures.byReason)
    expect(found).not.toEqual([])
    for (const reason of found) expect(reasons).toContain(reason)
  },
)
