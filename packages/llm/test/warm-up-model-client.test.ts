import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { warmUpModelClient } from '../src/warm-up-model-client.ts'

const Sent = z.object({ request: z.object({ origin: z.string(), path: z.string() }) })

/** Where this process sends requests to from now on, by the HTTP client itself. */
function watchRequests(): z.infer<typeof Sent>['request'][] {
  const seen: z.infer<typeof Sent>['request'][] = []
  const note = (message: unknown): unknown => seen.push(Sent.parse(message).request)
  subscribe('undici:request:create', note)
  onTestFinished(() => {
    unsubscribe('undici:request:create', note)
  })
  return seen
}

test.each(['anthropic', 'openai'] as const)(
  'a rehearsal for %s makes one call, and that to this process',
  async (provider) => {
    const seen = watchRequests()
    await warmUpModelClient(provider)
    expect(seen).toHaveLength(1)
    expect(seen[0]?.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(seen[0]?.path).toMatch(/messages|responses|completions/)
    // Nothing listens there any more.
    await expect(fetch(seen[0]?.origin ?? '')).rejects.toThrow('fetch failed')
  },
)

test('rules need no rehearsal, and one is no trouble', async () => {
  const seen = watchRequests()
  await warmUpModelClient('demo')
  expect(seen).toEqual([])
})
