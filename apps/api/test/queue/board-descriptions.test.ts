import { expect, test } from 'vitest'
import { createScanId } from '@capstan/shared/scan-id'
import type { Provider } from '@capstan/shared/contract/provider'
import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { setGuard } from '@capstan/scan-store/queue/route-guard'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { readBoardQueue } from '../support/read-board.ts'

const QUEUE = 'infer-openai-gpt-x'
const KEPT =
  'Kept: the newest 10,000 completed and 20,000 failed jobs of all routes, at most 30 days.'

/** An API with a live route and a worker that serves it. */
async function startWithRoute(): Promise<ApiRig> {
  const rig = await startRig()
  await openRoute(rig, 'openai', 'gpt-x')
  const provider = 'openai' as const
  await announceTestWorker(rig, {
    providers: [{ provider, model: 'gpt-x' }],
    accounts: [{ name: 'main', provider, model: 'gpt-x', weight: 1 }],
  })
  return rig
}

async function openRoute(rig: ApiRig, provider: Provider, model: string): Promise<void> {
  await rig.deps.journal.open({
    id: createScanId(),
    request: {
      cluster: 'test',
      include: ['*'],
      exclude: [],
      mode: 'incremental',
      priority: 'normal',
      onConflict: 'parallel',
      labels: {},
      budget: {},
    },
    provider,
    price: null,
    model,
    createdBy: 'local',
  })
}

async function readLines(rig: ApiRig, queue = QUEUE): Promise<string[]> {
  return (await readBoardQueue(rig, queue)).description.split('\n')
}

test('the description of a running queue has its limit, its model and the job retention', async () => {
  const rig = await startWithRoute()
  const { redis, keys } = rig.deps
  const model = 'Provider openai, model gpt-x.'
  expect(await readLines(rig)).toEqual(['The request limit is unknown.', model, KEPT])
  await setGuard({ redis, keys, queue: QUEUE }, 1_200)
  expect(await readLines(rig)).toEqual(['At most 1,200 job starts in 60 s.', model, KEPT])
  expect((await readBoardQueue(rig, QUEUE)).displayName).toBe('gpt-x (openai)')
})

test('the description of a paused queue begins with the end, the account and the cause of the pause', async () => {
  const rig = await startWithRoute()
  const { redis, keys } = rig.deps
  await setGuard({ redis, keys, queue: QUEUE }, 60)
  const because = 'OpenAI rate-limited the call (429): Rate limit reached for requests per day.'
  const pause = { forMs: 86_400_000, account: 'main', model: 'gpt-x', because }
  await pauseRoute(redis, keys, { queue: QUEUE, ...pause })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  const [first, second] = await readLines(rig)
  expect(first).toMatch(/^Paused until \d{4}-\d\d-\d\d \d\d:\d\d UTC \(account main\): /)
  expect(first).toContain(tomorrow)
  expect(first?.endsWith(because)).toBe(true)
  expect(second).toBe('POST /api/v1/providers/openai/resume ends the pause.')
  const response = await rig.ask('/api/v1/providers/openai/resume', { json: {} })
  expect(response.status).toBe(200)
  expect((await readLines(rig))[0]).toBe('At most 60 job starts in 60 s.')
})

test('a provider message in a description is truncated, and keys in it are redacted', async () => {
  const rig = await startWithRoute()
  const { redis, keys } = rig.deps
  await setGuard({ redis, keys, queue: QUEUE }, 60)
  const because = `the key sk-ant-api03-canary0123456789abcdef is over its limit${' again'.repeat(500)}`
  await pauseRoute(redis, keys, { queue: QUEUE, forMs: 60_000, account: null, model: 'm', because })
  const [first = ''] = await readLines(rig)
  expect(first).toContain('the key [redacted] is over its limit')
  expect(first.length).toBeLessThan(400)
})

test('the description reports a pause by an operator', async () => {
  const rig = await startWithRoute()
  await rig.ask('/api/v1/queue/pause', { json: {} })
  expect((await readLines(rig))[0]).toBe(
    'Paused by an operator; POST /api/v1/queue/resume ends the pause.',
  )
})

test('the description of a rate-limited queue has the time of the next job start', async () => {
  const rig = await startWithRoute()
  const { redis, keys } = rig.deps
  await setGuard({ redis, keys, queue: QUEUE }, 2)
  await redis.set(`${keys.bullPrefix}:${QUEUE}:limiter`, 2, 'PX', 30_000)
  expect((await readLines(rig))[0]).toMatch(
    /^At most 2 job starts in 60 s; limit reached, next start in \d+ s\.$/,
  )
})

test('the description of a queue without a serving worker names the missing key', async () => {
  const rig = await startRig()
  await openRoute(rig, 'anthropic', 'claude-x')
  const queue = 'infer-anthropic-claude-x'
  expect(await readLines(rig, queue)).not.toContainEqual(
    expect.stringContaining('ANTHROPIC_API_KEY'),
  )
  await rig.deps.queues.getByName(queue).add('a', {} as never)
  expect((await readLines(rig, queue))[0]).toMatch(/^No worker is running, .* ANTHROPIC_API_KEY\.$/)
})

test('the description of the demo queue names rule-based answers and no limit', async () => {
  const rig = await startRig()
  await openRoute(rig, 'demo', 'demo-rules')
  expect(await readLines(rig, 'infer-demo')).toEqual([
    'Provider demo: rule-based answers, no model. Types with a curated answer have no job.',
    KEPT,
  ])
  expect((await readBoardQueue(rig, 'infer-demo')).displayName).toBe('demo (rule-based)')
})
