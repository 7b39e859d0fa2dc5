import { expect, test } from 'vitest'
import { PING, type Frame } from './frame.ts'
import { createOutbox } from './outbox.ts'

const frame = (text: string): Frame => ({ ...PING, text })

test('everything there is is taken at once, in order', async () => {
  const outbox = createOutbox(() => 0)
  outbox.push(frame('a'))
  outbox.push(frame('b'))
  expect((await outbox.take())?.map(({ text }) => text)).toEqual(['a', 'b'])
})

test('taking waits for the first frame', async () => {
  const outbox = createOutbox(() => 0)
  const taken = outbox.take()
  outbox.push(frame('late'))
  expect(await taken).toHaveLength(1)
})

test('an ended outbox gives what it holds, then nothing', async () => {
  const outbox = createOutbox(() => 0)
  outbox.push(frame('goodbye'))
  outbox.end('closed')
  outbox.push(frame('too late'))
  expect(await outbox.take()).toHaveLength(1)
  expect(await outbox.take()).toBeUndefined()
})

test('who waits is woken by the end', async () => {
  const outbox = createOutbox(() => 0)
  const taken = outbox.take()
  outbox.end('closed')
  expect(await taken).toBeUndefined()
})

test('a reader that leaves more than the limit is cut, what the socket holds counts too', async () => {
  let unsent = 0
  const outbox = createOutbox(() => unsent, 10)
  outbox.push(frame('12345'))
  expect(outbox.ending()).toBeNull()
  unsent = 6
  outbox.push(frame(''))
  expect(outbox.ending()).toBe('too-slow')
  expect(await outbox.take()).toBeUndefined()
})
