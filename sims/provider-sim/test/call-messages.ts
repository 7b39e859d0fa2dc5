import { until } from '@capstan/testkit/until'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

export const ENDLESS_LATENCY = { kind: 'uniform', minMs: 600_000, maxMs: 600_000 } as const

/** Sends one Messages call without an SDK. */
export async function callMessages(
  url: string,
  key = 'sk-anything-0123456789',
  { text = 'CronJob (batch/v1, namespaced)', signal }: { text?: string; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      max_tokens: 2000,
      messages: [{ role: 'user', content: text }],
    }),
    ...(signal ? { signal } : {}),
  })
}

/** Runs `work` while this many more calls are in flight; then their clients disconnect. */
export async function whileRunning(
  sim: ProviderSim,
  count: number,
  work: () => Promise<void>,
  key?: string,
): Promise<void> {
  const leaving = new AbortController()
  const before = sim.stats().inFlight
  const calls = Array.from({ length: count }, () =>
    callMessages(sim.url, key, { signal: leaving.signal }),
  )
  const ended = Promise.allSettled(calls)
  await until('the calls', () => (sim.stats().inFlight === before + count ? true : undefined))
  await work()
  leaving.abort()
  await ended
}
