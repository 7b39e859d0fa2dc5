import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { warmUpModelClient } from '../src/warm-up-model-client.ts'

const Sent = z.object({ request: z.object({ origin: z.string(), path: z.string() }) })

/** Records the targets of all requests of this process, in the HTTP client. */
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
  'the warm-up of %s makes one call, to this process',
  async (provider) => {
    const seen = watchRequests()
    await warmUpModelClient(provider)
    expect(seen).toHaveLength(1)
    expect(seen[0]?.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(seen[0]?.path).toMatch(/messages|responses|completions/)
    // The local server is closed.
    await expect(fetch(seen[0]?.origin ?? '')).rejects.toThrow('fetch failed')
  },
)

test('the warm-up of demo makes no call', async () => {
  const seen = watchRequests()
  await warmUpModelClient('demo')
  expect(seen).toEqual([])
})
