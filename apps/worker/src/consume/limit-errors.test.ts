import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createLog } from '@capstan/shared/log'
import { limitErrors } from './limit-errors.ts'
import { openFetchPause } from './fetch-pause.ts'

class Loop extends EventEmitter {
  paused = false
  async pause(): Promise<void> {
    this.paused = true
    this.emit('paused')
  }
  async resume(): Promise<void> {
    this.paused = false
    this.emit('resumed')
  }
}

test('a few errors change nothing, a flood of errors pauses the worker for a while', async () => {
  const loop = new Loop()
  limitErrors(loop, { pauseFetching: openFetchPause(loop).start, log: createLog('test', 'silent') })
  for (let n = 0; n < 10; n += 1) loop.emit('error', new Error('OOM command not allowed'))
  expect(loop.paused).toBe(false)
  const resumed = new Promise((resolve) => loop.once('resumed', resolve))
  for (let n = 0; n < 1_000; n += 1) loop.emit('error', new Error('OOM command not allowed'))
  expect(loop.paused).toBe(true)
  await resumed
  expect(loop.paused).toBe(false)
})

test('of two fetch pauses the longer one counts, and it can be ended early', () => {
  const loop = new Loop()
  const fetchPause = openFetchPause(loop)
  fetchPause.start(3_600_000)
  fetchPause.start(1)
  expect(loop.paused).toBe(true)
  fetchPause.end()
  expect(loop.paused).toBe(false)
})
