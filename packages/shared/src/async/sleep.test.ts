import { expect, test } from 'vitest'
import { sleep } from './sleep.ts'

test('a sleep resolves at once when its signal aborts, before or during it', async () => {
  await sleep(60_000, { signal: AbortSignal.abort() })
  const stop = new AbortController()
  const asleep = sleep(60_000, { signal: stop.signal })
  stop.abort()
  await expect(asleep).resolves.toBeUndefined()
})
