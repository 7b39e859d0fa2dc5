import { expect, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { until } from '@capstan/testkit/until'
import { callMessages, ENDLESS_LATENCY, whileRunning } from './call-messages.ts'

// Behavior of the service that does not depend on the wire format.

test('calls beyond the hidden capacity of the simulated service fail without a header that shows why', async () => {
  const sim = await testProviderSim({ capacity: { concurrent: 4 }, latency: ENDLESS_LATENCY })
  await whileRunning(sim, 4, async () => {
    const failed = await callMessages(sim.url)
    expect(failed.status).toBe(529)
    expect([...failed.headers.keys()].filter((name) => /limit|retry/.test(name))).toEqual([])
  })
  expect(sim.compliance()).toMatchObject({ refusals: { capacity: 1 } })
})

test('a thousand concurrent calls each get their answer', async () => {
  const sim = await testProviderSim()
  const release = sim.hold({ matching: 'Type' })
  const calls = Array.from({ length: 1_000 }, (_, index) =>
    callMessages(sim.url, undefined, { text: `Type${index} (x/v1, namespaced)` }),
  )
  await until('all of them', () => (sim.stats().inFlight === 1_000 ? true : undefined))
  release()
  const statuses = new Set((await Promise.all(calls)).map(({ status }) => status))
  expect([...statuses]).toEqual([200])
  expect(sim.stats()).toMatchObject({ succeeded: 1_000, maxInFlight: 1_000 })
})

test('a held call is answered when it is released, and does not delay other calls', async () => {
  const sim = await testProviderSim()
  const release = sim.hold({ matching: 'CronJob', attempt: 1 })
  const held = callMessages(sim.url)
  await until('the call', () => (sim.stats().inFlight === 1 ? true : undefined))
  expect((await callMessages(sim.url)).status).toBe(200)
  expect(
    (await callMessages(sim.url, undefined, { text: 'Other (x/v1, namespaced)' })).status,
  ).toBe(200)
  expect(sim.stats()).toMatchObject({ succeeded: 2, inFlight: 1 })
  release()
  expect((await held).status).toBe(200)
})

test('a blackout ends on its own', async () => {
  // A simulated minute is 60 ms.
  const sim = await testProviderSim({
    timeScale: 1000,
    faults: [{ kind: 'unavailable', fromSeconds: 0, toSeconds: 60, afterMs: 0 }],
  })
  const statuses: number[] = []
  await until(
    'the end of the blackout',
    async () => {
      statuses.push((await callMessages(sim.url)).status)
      return statuses.at(-1) === 200 ? true : undefined
    },
    { everyMs: 5 },
  )
  const dark = sim.calls().filter(({ status }) => status === 503)
  expect(statuses.slice(0, -1)).toEqual(dark.map(() => 503))
  for (const { atSimMs } of dark) expect(atSimMs).toBeLessThan(60_000)
  // A call that arrives just before the end and is read just after it is answered.
  expect(sim.calls().at(-1)?.status).toBe(200)
})

test('a seed determines latencies and faults, in whatever order calls arrive', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `Type${index} (x/v1, namespaced)`)
  const runCalls = async (order: string[], seed: number) => {
    const sim = await testProviderSim({
      seed,
      timeScale: 100_000,
      latency: { kind: 'lognormal', medianMs: 4800, sigma: 0.22 },
      faults: [{ kind: 'server-error', probability: 0.3 }],
    })
    await Promise.all(order.map((text) => callMessages(sim.url, undefined, { text })))
    const facts = sim
      .calls()
      .map(({ subject, latencyMs, fault }) => ({ subject, latencyMs, fault }))
    return facts.toSorted((one, other) => one.subject.localeCompare(other.subject))
  }
  const first = await runCalls(names, 5)
  expect(await runCalls(names.toReversed(), 5)).toEqual(first)
  expect(await runCalls(names, 6)).not.toEqual(first)
  expect(new Set(first.map(({ fault }) => fault)).size).toBe(2)
})

test('a time scale shrinks waits and raises limits consistently for clients in real time', async () => {
  const limits = { requestsPerMinute: 1 }
  const sim = await testProviderSim({ timeScale: 10, limits })
  await callMessages(sim.url)
  const refused = await callMessages(sim.url)
  expect(refused.headers.get('anthropic-ratelimit-requests-limit')).toBe('10')
  const waitMs = Number(refused.headers.get('retry-after-ms'))
  expect(waitMs).toBeGreaterThan(0)
  expect(waitMs).toBeLessThanOrEqual(6000)
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(waitMs / 1000)))
  expect(sim.calls()[1]?.retryAfterMs).toBeGreaterThan(waitMs)
})

test('headers can be missing, doubled, or stale', async () => {
  const limits = { requestsPerMinute: 10 }
  const heads = async (style: 'missing' | 'doubled' | 'stale') => {
    const sim = await testProviderSim({ limits, headers: { limits: style } })
    await callMessages(sim.url)
    const { headers } = await callMessages(sim.url)
    return ['limit', 'remaining'].map((name) => headers.get(`anthropic-ratelimit-requests-${name}`))
  }
  expect(await heads('missing')).toEqual([null, null])
  expect(await heads('doubled')).toEqual(['20', '16'])
  expect(await heads('stale')).toEqual(['10', '9'])
})

test('output tokens and cost are debited with the answer, and partially when the client disconnects', async () => {
  // So small that the refill between two calls is less than an answer.
  const limits = { outputTokensPerMinute: 1_000 }
  const sim = await testProviderSim({ limits })
  await callMessages(sim.url)
  const [first] = sim.calls()
  expect(first?.outputTokens).toBeGreaterThan(20)
  expect(first?.costUsd).toBeGreaterThan(0)
  await callMessages(sim.url)
  const before = sim.calls()[1]?.buckets[0]?.level ?? 0
  expect(before).toBeLessThan(1_000)
  sim.configure({ limits, latency: ENDLESS_LATENCY })
  await whileRunning(sim, 1, async () => {})
  await until('the end of the call', () => sim.calls()[0]?.endedMs ?? undefined)
  expect(sim.calls()[0]).toMatchObject({ verdict: 'aborted', outputTokens: 0 })
})

test('models count the same text with different tokenizers', async () => {
  const sim = await testProviderSim({
    charsPerToken: 4,
    tokenizers: [{ model: 'm', charsPerToken: 2 }],
  })
  await callMessages(sim.url)
  const [own] = sim.calls()
  sim.configure({ charsPerToken: 4 })
  await callMessages(sim.url)
  const [usual] = sim.calls()
  for (const tokens of ['inputTokens', 'outputTokens'] as const) {
    const [half, whole] = [usual?.[tokens] ?? Number.NaN, own?.[tokens] ?? Number.NaN]
    expect(Math.abs(whole - 2 * half)).toBeLessThanOrEqual(1)
  }
})

test('an invalid body, method or path is rejected with the error format of the vendor', async () => {
  const sim = await testProviderSim()
  const send = async (path: string, body?: string) => {
    const response = await fetch(`${sim.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: 'Bearer k' },
      ...(body === undefined ? {} : { body }),
    })
    return [response.status, await response.json()]
  }
  const anthropic = (type: string) => ({ type: 'error', error: { type } })
  expect(await send('/v1/messages', '{')).toMatchObject([400, anthropic('invalid_request_error')])
  expect(await send('/v1/messages')).toMatchObject([404, anthropic('not_found_error')])
  const warm = JSON.stringify({
    model: 'm',
    max_tokens: 1,
    temperature: 0,
    messages: [{ role: 'user', content: 'x' }],
  })
  expect(await send('/v1/messages', warm)).toMatchObject([400, anthropic('invalid_request_error')])
  expect(await send('/v1/chat/completions', '{}')).toMatchObject([
    400,
    { error: { type: 'invalid_request_error', param: null } },
  ])
  expect(await send('/v1/nothing')).toMatchObject([404, { error: { code: 'model_not_found' } }])
})
