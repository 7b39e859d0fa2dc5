import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString()
      done()
    },
  })
  write(createLog('test', 'trace', sink))
  return text
}

test('an error is logged with its causes and without its other members', () => {
  const inner = Object.assign(new Error('refused by redis://me:hunter2hunter2@host:1'), {
    command: { name: 'auth', args: ['hunter2hunter2'] },
  })
  const error = Object.assign(new Error('outer', { cause: inner }), {
    code: 'ECONNREFUSED',
    headers: { 'x-api-key': 'hunter2hunter2' },
  })
  const line = logged((log) => log.warn({ err: error }, 'it failed'))
  expect(JSON.parse(line)).toMatchObject({
    msg: 'it failed',
    err: { type: 'Error', message: 'outer', code: 'ECONNREFUSED', cause: { type: 'Error' } },
  })
  expect(line).toContain('log.test.ts')
  expect(line).toContain('[redacted]')
  expect(line).not.toContain('hunter2')
})

test('a thrown text is logged, and a cycle of causes ends', () => {
  expect(logged((log) => log.error({ err: 'just a text' }))).toContain('just a text')
  const ring = new Error('round')
  ring.cause = ring
  expect(logged((log) => log.error({ err: ring }))).toContain('round')
})
