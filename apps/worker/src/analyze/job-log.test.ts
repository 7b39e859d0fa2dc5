import { expect, test } from 'vitest'
import { openJobLog } from './job-log.ts'

function openWithClock() {
  let now = 0
  const log = openJobLog('[2]', () => now)
  return { log, pass: (ms: number) => (now += ms) }
}

test('each phase is one line with its duration, for each way that it can end', () => {
  const { log, pass } = openWithClock()
  log.begin('wait for admission')
  pass(20)
  log.begin('call')
  pass(1_500)
  log.end('cut off')
  log.note('the provider is down')
  log.begin('store')
  pass(3)
  expect(log.take()).toEqual([
    '[2] wait for admission (20 ms)',
    '[2] call: cut off (1500 ms)',
    '[2] the provider is down',
    '[2] store (3 ms)',
  ])
  expect(log.take()).toEqual([])
})

test('a phase is reported as progress once, after one second', () => {
  const { log, pass } = openWithClock()
  log.begin('call')
  pass(999)
  expect(log.slowPhase()).toBeUndefined()
  pass(1)
  expect(log.slowPhase()).toEqual({ phase: 'call', since: expect.any(String) as string })
  expect(log.slowPhase()).toBeUndefined()
  log.begin('store')
  expect(log.slowPhase()).toBeUndefined()
})
