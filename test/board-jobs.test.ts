import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test as base } from 'vitest'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { startTestStack, temporaryFile, temporaryFolder, type TestStack } from './test-stack.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const MODEL = 'gpt-board'
const QUEUE = `infer-openai-${MODEL}`
const STATES = ['active', 'waiting', 'prioritized', 'completed', 'failed', 'delayed'] as const
const types = (numbers: number[]): string[] =>
  numbers.map((number) => `widgets0000${number}.group-${number}.example.com`)

interface BoardJob {
  id: string
  name: string
  returnValue: unknown
  failedReason?: string
  progress: unknown
  stacktrace: string[]
}

/** Starts an API and a worker process over a cluster of widgets, with `provider` as OPENAI_BASE_URL. */
async function start(
  provider: string,
  worker: Record<string, string> = {},
  count = 6,
): Promise<TestStack> {
  const { url, keys } = testRedis()
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, count)
  const cluster = await testClusterSim({ cluster: folder })
  return startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: { OPENAI_API_KEY: 'sk-board-0123456789abcdef', OPENAI_BASE_URL: provider, ...worker },
  })
}

async function startWithSim(
  config: SimConfigInput,
  worker?: Record<string, string>,
): Promise<{ stack: TestStack; sim: ProviderSim }> {
  const sim = await testProviderSim(config)
  return { sim, stack: await start(`${sim.url}/v1`, worker) }
}

const scan = (stack: TestStack): Promise<string> =>
  stack.scan({ provider: 'openai', model: MODEL, include: ['*.example.com'] })

async function jobsOf({ ask }: TestStack, status: string): Promise<BoardJob[]> {
  const query = `activeQueue=${QUEUE}&status=${status}&page=1&jobsPerPage=100`
  const answer = await (await ask(`/queues/api/queues?${query}`)).json()
  const { queues } = answer as { queues: { name: string; jobs: BoardJob[] }[] }
  const found = queues.find(({ name }) => name === QUEUE)?.jobs ?? []
  return found.toSorted((a, b) => a.name.localeCompare(b.name))
}

/** Returns the log of a job once it has this many lines, because log and job end are written concurrently. */
async function logOf({ ask }: TestStack, { id }: BoardJob, lines: number): Promise<string[]> {
  return until(`${lines} lines of ${id}`, async () => {
    const log = (await (await ask(`/queues/api/queues/${QUEUE}/${id}/logs`)).json()) as string[]
    return log.length >= lines ? log : undefined
  })
}

/** Number of jobs that the board shows in each state. */
async function countsOf({ ask }: TestStack): Promise<Record<string, number>> {
  const answer = await (await ask('/queues/api/queues')).json()
  const { queues } = answer as { queues: { name: string; counts: Record<string, number> }[] }
  const counts = queues.find(({ name }) => name === QUEUE)?.counts ?? {}
  return Object.fromEntries(STATES.map((state) => [state, counts[state] ?? 0]))
}

const NO_JOBS = Object.fromEntries(STATES.map((state) => [state, 0]))

/** A job finishes shortly after its type. */
async function endedJobs(stack: TestStack, status: string, count: number): Promise<BoardJob[]> {
  return until(`${count} ${status} jobs`, async () => {
    const jobs = await jobsOf(stack, status)
    return jobs.length === count ? jobs : undefined
  })
}

test('types that failed for good are failed jobs with their reason, and other jobs return their outcome', async () => {
  const { stack } = await startWithSim({
    faults: [
      { kind: 'refusal', matching: 'Widget00001' },
      { kind: 'broken-text', matching: 'Widget00002' },
      { kind: 'broken-text', matching: 'Widget00003', times: 1 },
    ],
  })
  const id = await scan(stack)
  expect(await stack.settled(id)).toMatchObject({ status: 'partial', progress: { failed: 2 } })
  const failed = await endedJobs(stack, 'failed', 2)
  expect(failed.map(({ name }) => name)).toEqual(types([1, 2]))
  const [refused, invalid] = failed
  expect(refused?.failedReason).toMatch(/^refused: The model refused to describe this type/)
  expect(invalid?.failedReason).toMatch(/^invalid_output: The model gave no valid answer/)
  expect(failed.map(({ stacktrace }) => stacktrace)).toEqual([[], []])
  const completed = await endedJobs(stack, 'completed', 4)
  expect(completed.map(({ name }) => name)).toEqual(types([0, 3, 4, 5]))
  for (const { returnValue } of completed) {
    expect(returnValue).toEqual({
      capabilities: expect.arrayContaining([expect.any(String)]) as string[],
      tokens: expect.any(Number) as number,
      estimatedTokens: 0,
      costUsd: null,
      cached: false,
      answeredBy: `openai/${MODEL}`,
    })
  }
})

test('the log of a job has a line with the duration of each phase of each attempt, and why an attempt ended', async () => {
  const { stack } = await startWithSim({
    faults: [
      { kind: 'broken-text', matching: 'Widget00001', times: 1 },
      { kind: 'server-error', matching: 'Widget00002', times: 1 },
    ],
  })
  await stack.settled(await scan(stack))
  const jobs = await endedJobs(stack, 'completed', 6)
  const logs = await Promise.all(
    [3, 5, 6].map((lines, index) => logOf(stack, jobs[index] as BoardJob, lines)),
  )
  const call = new RegExp(`^\\[1\\] call of openai/${MODEL} \\(\\d+ ms\\)$`)
  const admission = /^\[1\] wait for admission \(\d+ ms\)$/
  const store = /^\[1\] store \(\d+ ms\)$/
  const matches = (patterns: RegExp[]) => patterns.map((p) => expect.stringMatching(p) as string)
  expect(logs[0]).toEqual(matches([admission, call, store]))
  const repair = new RegExp(`^\\[1\\] repair by openai/${MODEL} \\(\\d+ ms\\)$`)
  expect(logs[1]).toEqual(matches([admission, call, admission, repair, store]))
  const retry = /^\[1\] provider_error: .*; next attempt in \d+\.\d s$/
  const second = [/^\[2\] wait/, /^\[2\] call of/, /^\[2\] store/]
  expect(logs[2]).toEqual(matches([admission, call, retry, ...second]))
})

test('a phase that takes longer than a second is shown as the progress of its job', async () => {
  const { stack, sim } = await startWithSim({})
  const release = sim.hold({ matching: 'Widget00001' })
  const id = await scan(stack)
  const shown = await until('the progress of the held type', async () => {
    const job = (await jobsOf(stack, 'active')).find(({ name }) => name === types([1])[0])
    // On a busy machine the phases before the call take longer than a second too.
    return JSON.stringify(job?.progress ?? 0).includes('call of') ? job : undefined
  })
  expect(shown).toMatchObject({
    name: types([1])[0],
    progress: { phase: `call of openai/${MODEL}`, since: expect.any(String) as string },
  })
  release()
  await stack.settled(id)
})

test('no key is shown on the board, even when the provider quotes it in an error message', async () => {
  const canary = `canary-${randomBytes(12).toString('hex')}`
  const message = `The model's context length is 9 tokens; the key ${canary} is fine`
  const provider = createServer((_, response) => {
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { message, code: 'context_length_exceeded' } }))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    provider.closeAllConnections()
    provider.close()
  })
  const { port } = provider.address() as AddressInfo
  const stack = await start(`http://127.0.0.1:${port}/v1`, { OPENAI_API_KEY: canary })
  await stack.settled(await scan(stack))
  const failed = await endedJobs(stack, 'failed', 6)
  expect(failed[0]?.failedReason).toContain('the key [redacted] is fine')
  const texts = [JSON.stringify(failed)]
  for (const job of failed) {
    texts.push(JSON.stringify(await logOf(stack, job, 2)))
    texts.push(await (await stack.ask(`/queues/api/queues/${QUEUE}/${job.id}`)).text())
  }
  expect(texts.join('\n')).toContain(QUEUE.replace('infer-openai-', ''))
  expect(texts.join('\n')).not.toContain(canary)
})

test('jobs of a paused or canceled scan are removed, never completed', async () => {
  const { stack, sim } = await startWithSim({ keys: ['another'] }, { CAPSTAN_CONCURRENCY: '2' })
  const refused = await scan(stack)
  expect(await stack.settled(refused)).toMatchObject({ status: 'paused' })
  await until('no job of the scan that paused itself', async () =>
    JSON.stringify(await countsOf(stack)) === JSON.stringify(NO_JOBS) ? true : undefined,
  )
  sim.configure({})
  const release = sim.hold({ matching: 'Widget' })
  const id = await stack.scan({
    provider: 'openai',
    model: MODEL,
    include: ['*.example.com'],
    onConflict: 'parallel',
  })
  await until('two calls', () => (sim.stats().inFlight === 2 ? true : undefined))
  expect((await stack.ask(`/api/v1/scans/${id}/pause`, { json: {} })).status).toBe(202)
  expect(await countsOf(stack)).toEqual({ ...NO_JOBS, active: 2 })
  await stack.ask(`/api/v1/scans/${id}/resume`, { json: {} })
  await until('all jobs', async () =>
    (await countsOf(stack))['prioritized'] === 4 ? true : undefined,
  )
  expect((await stack.ask(`/api/v1/scans/${id}/cancel`, { json: {} })).status).toBe(202)
  expect(await stack.settled(id)).toMatchObject({ status: 'canceled' })
  await until('no job of the canceled scan', async () =>
    JSON.stringify(await countsOf(stack)) === JSON.stringify(NO_JOBS) ? true : undefined,
  )
  release()
})

test('a batch scan links its types to their jobs on the board', async () => {
  const { stack } = await startWithSim({})
  const id = await stack.scan({
    provider: 'openai',
    model: MODEL,
    include: ['*.example.com'],
    execution: 'batch',
  })
  expect((await stack.read(id)).links.board).toBe(`/queues/queue/${QUEUE}`)
  const items = await until('the plan', async () => {
    const found: ScanItem[] = await stack.items(id)
    return found.length === 6 ? found : undefined
  })
  for (const { links } of items) {
    const path = links.board?.replace('/queues/queue/', '/queues/api/queues/') ?? 'none'
    await until(`the job at ${path}`, async () =>
      (await stack.ask(path)).status === 200 ? true : undefined,
    )
  }
})
