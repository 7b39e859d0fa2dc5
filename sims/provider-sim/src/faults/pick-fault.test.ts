import { expect, test } from 'vitest'
import { FaultConfig, type FaultKind } from '../config/fault-config.ts'
import { FaultPicker } from './pick-fault.ts'

type FaultInput = Parameters<typeof FaultConfig.parse>[0]

const picker = (faults: FaultInput[], seed = 1) =>
  new FaultPicker(
    seed,
    faults.map((fault) => FaultConfig.parse(fault)),
  )
const target = (definition: string, attempt = 1, more = {}) => ({
  account: 'a',
  model: 'm',
  definition,
  attempt,
  nowMs: 0,
  ...more,
})
const NAMES = Array.from({ length: 500 }, (_, index) => `type ${index}`)

function pickFaults(names: string[], seed: number): Map<string, FaultKind | undefined> {
  const faults = picker(
    [
      { kind: 'reset', probability: 0.2 },
      { kind: 'overloaded', probability: 0.2 },
    ],
    seed,
  )
  return new Map(names.map((name) => [name, faults.pick(target(name))?.kind]))
}

test('the faults of a seed do not depend on the order of the calls', () => {
  const forwards = pickFaults(NAMES, 3)
  const backwards = pickFaults(NAMES.toReversed(), 3)
  for (const name of NAMES) expect(backwards.get(name)).toBe(forwards.get(name))
  expect([...pickFaults(NAMES, 4).values()]).not.toEqual([...forwards.values()])
  const hits = [...forwards.values()].filter((kind) => kind === 'reset').length
  expect(hits).toBeGreaterThan(70)
  expect(hits).toBeLessThan(130)
})

test('another attempt at the same definition has its own chance of a fault', () => {
  const faults = picker([{ kind: 'reset', probability: 0.5 }])
  const outcomes = NAMES.map(
    (name) => faults.pick(target(name, 1)) === faults.pick(target(name, 2)),
  )
  expect(new Set(outcomes).size).toBe(2)
})

test.each([
  ['definition', { matching: 'type 7' }, target('type 70'), target('type 8')],
  ['attempt', { attempt: 2 }, target('x', 2), target('x', 1)],
  ['account', { accounts: ['a'] }, target('x'), target('x', 1, { account: 'b' })],
  ['model', { model: 'm' }, target('x'), target('x', 1, { model: 'n' })],
  ['start', { fromSeconds: 5 }, target('x', 1, { nowMs: 5000 }), target('x', 1, { nowMs: 4999 })],
  ['end', { toSeconds: 5 }, target('x', 1, { nowMs: 4999 }), target('x', 1, { nowMs: 5000 })],
])('a fault for one %s does not affect others', (_, narrowed, met, spared) => {
  const faults = picker([{ kind: 'overloaded', ...narrowed }])
  expect(faults.pick(met)?.kind).toBe('overloaded')
  expect(faults.pick(spared)).toBeUndefined()
})

test('a fault ends after its number of hits, and the next one applies', () => {
  const faults = picker([{ kind: 'reset', times: 2 }])
  faults.add(FaultConfig.parse({ kind: 'overloaded' }))
  const kinds = ['a', 'b', 'c'].map((name) => faults.pick(target(name))?.kind)
  expect(kinds).toEqual(['reset', 'reset', 'overloaded'])
})
