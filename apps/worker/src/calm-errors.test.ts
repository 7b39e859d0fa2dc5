import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { createLog } from '@capstan/shared/log'
import { calmErrors } from './calm-errors.ts'

class Loop extends EventEmitter {
  paused = false
  isPaused(): boolean {
    return this.paused
  }
  async pause(): Promise<void> {
    this.paused = true
    this.emit('paused')
  }
  async resume(): Promise<void> {
    this.paused = false
    this.emit('resumed')
  }
}

test('a few errors change nothing, a flood makes the worker rest and then go on', async () => {
  const loop = new Loop()
  calmErrors(loop, createLog('test', 'silent'))
  for (let n = 0; n < 10; n += 1) loop.emit('error', new Error('OOM command not allowed'))
  expect(loop.paused).toBe(false)
  const resumed = new Promise((resolve) => loop.once('resumed', resolve))
  for (let n = 0; n < 1_000; n += 1) loop.emit('error', new Error('OOM command not allowed'))
  expect(loop.paused).toBe(true)
  await resumed
  expect(loop.paused).toBe(false)
})
