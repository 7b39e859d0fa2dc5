import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { startProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { callMessages, ENDLESS_LATENCY, whileRunning } from './call-messages.ts'

const KEY = 'sk-control-0123456789'

async function post(url: string, path: string, body: unknown) {
  return fetch(`${url}/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) })
}

async function read<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}/_sim/${path}`)
  return (await response.json()) as T
}

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-sim-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

test('another process can control the simulator and read its calls', async () => {
  const sim = await testProviderSim()
  await callMessages(sim.url, KEY)
  expect(await read(sim.url, 'stats')).toMatchObject({ calls: 1, succeeded: 1 })
  expect((await post(sim.url, 'fault', { kind: 'overloaded' })).status).toBe(204)
  expect((await callMessages(sim.url, KEY)).status).toBe(529)
  expect(await read<unknown[]>(sim.url, 'calls')).toHaveLength(2)
  expect(await read(sim.url, 'calls?after=1')).toMatchObject([
    { n: 2, verdict: 'fault', fault: 'overloaded', status: 529 },
  ])
  await post(sim.url, 'reset', {})
  expect(await read(sim.url, 'stats')).toMatchObject({ calls: 0 })
  await post(sim.url, 'config', { limits: { requestsPerMinute: 1 } })
  expect((await callMessages(sim.url, KEY)).status).toBe(200)
  expect((await callMessages(sim.url, KEY)).status).toBe(429)
  expect(await read(sim.url, 'compliance')).toMatchObject({
    refusals: { requests: 1 },
    buckets: [{ bucket: 'requests', violations: 1, admitted: 1 }],
  })
})

test('an invalid control request is rejected, and the simulator continues', async () => {
  const sim = await testProviderSim({ limits: { requestsPerMinute: 7 } })
  for (const [path, body] of [
    ['config', { limit: {} }],
    ['config', 'no object'],
    ['limits', { limits: { requestsPerMinute: -1 } }],
    ['fault', { kind: 'earthquake' }],
  ] as const) {
    expect((await post(sim.url, path, body)).status).toBe(400)
  }
  expect((await post(sim.url, 'nothing', {})).status).toBe(404)
  expect(sim.config().limits?.requestsPerMinute).toBe(7)
})

test('limits change at run time while buckets, counts and running calls are kept', async () => {
  const sim = await testProviderSim({
    limits: { requestsPerMinute: 100 },
    latency: ENDLESS_LATENCY,
  })
  await whileRunning(sim, 3, async () => {
    sim.changeLimits({ limits: { requestsPerMinute: 2 } })
    // Two of the hundred fit into the smaller bucket.
    await whileRunning(sim, 2, async () => {
      const refused = await callMessages(sim.url)
      expect(refused.status).toBe(429)
      expect(refused.headers.get('anthropic-ratelimit-requests-limit')).toBe('2')
      expect(sim.stats()).toMatchObject({ calls: 6, inFlight: 5 })
    })
  })
})

test('headers do not show a limit change that is configured as hidden', async () => {
  const sim = await testProviderSim({ limits: { requestsPerMinute: 100 } })
  sim.changeLimits({ limits: { requestsPerMinute: 1 }, announced: false })
  await callMessages(sim.url, KEY)
  const refused = await callMessages(sim.url, KEY)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('anthropic-ratelimit-requests-limit')).toBe('100')
})

test('the log has a complete line for each call and change, without any key', async () => {
  const logFile = join(await scratch(), 'sim.jsonl')
  const sim = await testProviderSim({
    logFile,
    latency: ENDLESS_LATENCY,
    accounts: [{ name: 'one', keys: [KEY], limits: { requestsPerMinute: 1 } }],
  })
  const work = async () => {
    await callMessages(sim.url, KEY)
    await callMessages(sim.url, 'sk-wrong-0123456789')
    sim.changeLimits({ limits: { requestsPerMinute: 6e6 } })
  }
  await whileRunning(sim, 1, work, KEY)
  await until('the end of the call', () => sim.calls()[0]?.endedMs ?? undefined)
  await whileRunning(sim, 1, async () => sim.configure({}), KEY)
  const text = await readFile(logFile, 'utf8')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([
    { event: 'started', config: { accounts: [{ name: 'one', keys: 1 }] } },
    {
      event: 'call',
      account: 'one',
      verdict: 'rate-limited',
      refusedBy: 'requests',
      buckets: [{ name: 'requests', perMinute: 1, capacity: 1, need: 1, took: 0 }],
    },
    { event: 'call', account: '', verdict: 'refused', refusedBy: 'auth' },
    { event: 'changed', change: { limits: { requestsPerMinute: 6e6 } } },
    { event: 'call', account: 'one', verdict: 'aborted', buckets: [{ took: 1 }] },
    // It was still running when the configuration was replaced.
    { event: 'call', account: 'one', verdict: 'pending', buckets: [{ took: 1 }] },
  ])
  expect(text).not.toMatch(/sk-/)
})

test('metrics count calls by outcome and rejection reason, and show running calls and bucket levels', async () => {
  const sim = await testProviderSim({
    accounts: [{ name: 'one', keys: [KEY], limits: { requestsPerMinute: 3 } }],
  })
  const shown = async (): Promise<string[]> => {
    const response = await fetch(`${sim.url}/metrics`)
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    return (await response.text()).split('\n').filter((line) => !line.startsWith('#'))
  }
  await callMessages(sim.url, KEY)
  sim.addFault({ kind: 'overloaded', times: 1 })
  await callMessages(sim.url, KEY)
  await callMessages(sim.url, 'sk-wrong-0123456789')
  expect(await shown()).toEqual(
    expect.arrayContaining([
      'provider_sim_calls_total{account="one",outcome="answered"} 1',
      'provider_sim_calls_total{account="one",outcome="fault"} 1',
      'provider_sim_calls_total{account="",outcome="refused"} 1',
      'provider_sim_rejections_total{account="",reason="auth"} 1',
      'provider_sim_in_flight 0',
      'provider_sim_in_flight_peak 1',
      'provider_sim_bucket_capacity{account="one",group="default",bucket="requests"} 3',
      expect.stringMatching(/^provider_sim_bucket_level\{.*bucket="requests"\} 1(\.|$)/),
      expect.stringMatching(/^provider_sim_tokens_total\{account="one",kind="output"\} \d/),
    ]),
  )
  await Promise.all([callMessages(sim.url, KEY), callMessages(sim.url, KEY)])
  expect(await shown()).toContain(
    'provider_sim_rejections_total{account="one",reason="requests"} 1',
  )
})

test('the simulator process accepts profile, seed and scale, and reports invalid values', async () => {
  const running = await startProcess('provider-sim', {
    SIM_PROFILE: 'small-limits',
    SIM_SEED: '9',
    SIM_TIME_SCALE: '1000',
  })
  onTestFinished(async () => void (await running.stop()))
  const answer = await callMessages(running.url, KEY)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('anthropic-ratelimit-requests-limit')).toBe('50000')
  expect(await read(running.url, 'config')).toMatchObject({ seed: 9, timeScale: 1000 })
  expect(await (await fetch(`${running.url}/healthz`)).text()).toBe('ok')
  expect(await running.stop()).toBe(0)
  await expect(startProcess('provider-sim', { SIM_PROFILE: 'x' })).rejects.toThrow(/no profile "x"/)
})
