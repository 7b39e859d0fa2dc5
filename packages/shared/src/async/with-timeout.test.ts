import { expect, test } from 'vitest'
import { TimeoutError, withTimeout } from './with-timeout.ts'

test('a step that ends in time keeps its value or its error', async () => {
  await expect(withTimeout(Promise.resolve(7), 60_000, 'it')).resolves.toBe(7)
  const failed = Promise.reject(new Error('refused'))
  await expect(withTimeout(failed, 60_000, 'it')).rejects.toThrow('refused')
})

test('a step that takes longer than its timeout rejects with a message that names it', async () => {
  const never = new Promise<never>(() => {})
  const late = withTimeout(never, 1, 'the journal')
  await expect(late).rejects.toThrow(TimeoutError)
  await expect(late).rejects.toThrow('the journal did not answer within 1 ms')
})
