import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openModels } from '@capstan/llm/open-models'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { testRedis } from '@capstan/testkit/redis'
import type { Account } from '../src/accounts/account.ts'
import { readAccountLimits } from '../src/accounts/account-limits.ts'
import { buildProviderCall } from '../src/call/build-pipeline.ts'
import { getCause } from '../src/call/model-call-error.ts'
import type { DailyBudgetGuard } from '../src/call/daily-budget/daily-budget-guard.ts'
import { openDialects, type Dialects } from '../src/call/dialects/open-dialects.ts'
import type { CallRequest } from '../src/call/model-call.ts'
import type { CallKind } from '../src/call/ledger.ts'
import { checkProvider } from '../src/provider-check/check-provider.ts'
import { openCallParts } from './analysis-rig.ts'
import { SILENT } from './make-request.ts'
import { startOddProvider, type OddRule } from './odd-provider.ts'

// The dialect stage of one process over a real Redis and a real server.

const ASKED = { provider: 'openai', model: 'm' } as const
const KEY = { account: 'test', model: 'm' }
const QUESTION = buildQuestion({ outline: 'Thing (example.com/v1, namespaced)' })
const JSON_OBJECT: Dialect = { ...FULL_DIALECT, output: 'json_object' }
const log = createSilentLog()
const never = (): AbortSignal => new AbortController().signal

const has = (text: string, word: string) => text.includes(word)
const refusesTwo: OddRule = (body) => {
  const text = JSON.stringify(body)
  if (has(text, '"max_tokens"')) return refused("Unsupported parameter: 'max_tokens'")
  return has(text, '"json_schema"')
    ? refused('This response_format type is unavailable now')
    : undefined
}
const refused = (message: string) => ({ status: 400, body: { error: { message } } })

function openRedis() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  return { redis, keys }
}

async function open(rule: OddRule, { isAssumed = false } = {}) {
  const odd = await startOddProvider(rule)
  const { redis, keys } = openRedis()
  const models = await openModels({ openai: { apiKey: 'sk-test', baseUrl: `${odd.url}/v1` } })
  const account: Account = {
    name: KEY.account,
    provider: 'openai',
    limits: readAccountLimits('openai', ''),
    model: (name) => {
      const model = models.get('openai', name)
      if (!model) throw new Error('the model is not configured')
      return { ...model, dialects: { full: FULL_DIALECT, isAssumed } }
    },
    batches: () => undefined,
  }
  const ledger = { permits: 0, reserved: [] as string[], settled: [] as unknown[] }
  const parts = openCallParts({ redis, keys }, account)
  const admission: typeof parts.admission = {
    acquire: async (...request) => {
      const permit = await parts.admission.acquire(...request)
      ledger.permits += 1
      return permit
    },
  }
  const dailyBudget: DailyBudgetGuard = {
    reserve: async ({ id }) => void ledger.reserved.push(id),
    settle: async (_, used) => void ledger.settled.push(used),
  }
  const memory = openDialectMemory(redis, keys)
  const dialects = openDialects({ memory, log })
  const callProvider = buildProviderCall({ ...parts, admission, dailyBudget, dialects })
  const ask = async (change: Partial<CallRequest> = {}) => {
    const request = { route: ASKED, question: QUESTION, signal: never(), progress: SILENT } as const
    try {
      const { answer, spent } = await callProvider({
        ...request,
        maxWaitMs: 30_000,
        kind: 'first',
        ...change,
      })
      return { ...answer, calls: spent.calls }
    } catch (error) {
      throw getCause(error)
    }
  }
  const check = () => checkProvider({ callProvider }, ASKED, never())
  return { odd, redis, keys, account, memory, dialects, ask, check, ledger }
}

test('each refused call has a permit, a reservation in the daily budget and a ledger entry of its own', async () => {
  const { ask, ledger, odd, memory } = await open(refusesTwo)
  const kinds: CallKind[] = []
  const sent = ({ kind }: CallRequest): void => void kinds.push(kind)
  const answer = await ask({ progress: { ...SILENT, sent } })
  expect(answer.dialect).toEqual({ ...JSON_OBJECT, limit: 'max_completion_tokens' })
  expect(kinds).toEqual(['first', 'again', 'again'])
  expect(odd.calls.map(({ status }) => status)).toEqual([400, 400, 200])
  expect(ledger.permits).toBe(3)
  expect(new Set(ledger.reserved).size).toBe(3)
  expect(answer.calls.map(({ outcome }) => outcome)).toEqual([
    'dialect_refused',
    'dialect_refused',
    'answered',
  ])
  // Nothing is paid for a refused call.
  expect(ledger.settled.slice(0, 2)).toEqual([NO_USAGE, NO_USAGE])
  expect(ledger.settled[2]).toEqual(answer.usage)
  expect(await memory.list([KEY])).toMatchObject([answer.dialect])
})

test('with an assumed dialect all calls start at once, and the first answer confirms the dialect', async () => {
  const started = Promise.withResolvers<void>()
  const { ask, odd, memory } = await open(
    async () => {
      if (odd.calls.length === 5) started.resolve()
      await started.promise
      return undefined
    },
    { isAssumed: true },
  )
  const answers = await Promise.all([ask(), ask(), ask(), ask(), ask()])
  expect(answers.map(({ dialect }) => dialect)).toEqual(Array(5).fill(FULL_DIALECT))
  await expect.poll(() => memory.list([KEY])).toMatchObject([FULL_DIALECT])
})

test('an assumed dialect that the endpoint refuses is negotiated', async () => {
  const { ask, odd, memory } = await open(refusesTwo, { isAssumed: true })
  await ask()
  await ask()
  expect(odd.calls.map(({ status }) => status)).toEqual([400, 400, 200, 200])
  expect(await memory.list([KEY])).toMatchObject([{ output: 'json_object' }])
})

test('a provider check negotiates a dialect, reports it and stores it', async () => {
  const { check, odd, memory, ledger } = await open(refusesTwo)
  const dialect = { ...JSON_OBJECT, limit: 'max_completion_tokens' }
  expect(await check()).toMatchObject({ account: 'test', dialect })
  expect([odd.calls.length, ledger.permits]).toEqual([3, 3])
  expect(await memory.list([KEY])).toMatchObject([dialect])
})

test('a provider check repeats a failed negotiation, but a call of a scan does not', async () => {
  const { ask, check, odd } = await open(() => ({ status: 400, body: {} }))
  await expect(ask()).rejects.toMatchObject({ reason: 'provider_error', kind: 'bad_request' })
  await expect(ask()).rejects.toMatchObject({ reason: 'provider_error', kind: 'bad_request' })
  expect(odd.calls).toHaveLength(4 + 1)
  odd.change(refusesTwo)
  expect(await check()).toMatchObject({ dialect: { output: 'json_object' } })
  expect((await ask()).dialect).toMatchObject({ output: 'json_object' })
})

test('a call without a wait is rejected while another call negotiates', async () => {
  const held = Promise.withResolvers<undefined>()
  const { ask, odd } = await open(async () => held.promise)
  const first = ask()
  await expect.poll(() => odd.calls.length).toBe(1)
  await expect(ask({ maxWaitMs: 0 })).rejects.toMatchObject({ name: 'MaxWaitError' })
  held.resolve(undefined)
  await first
})

test('an aborted call stops waiting for a negotiation at once, and an aborted negotiator lets the others continue', async () => {
  const held = Promise.withResolvers<undefined>()
  const { ask, odd } = await open(async (_, call) =>
    odd.calls.indexOf(call) === 0 ? held.promise : undefined,
  )
  const [negotiating, waiting] = [new AbortController(), new AbortController()]
  const first = ask({ signal: negotiating.signal })
  await expect.poll(() => odd.calls.length).toBe(1)
  const [second, third] = [ask({ signal: waiting.signal }), ask()]
  waiting.abort('canceled')
  await expect(second).rejects.toBe('canceled')
  negotiating.abort('canceled')
  await expect(first).rejects.toBe('canceled')
  expect((await third).dialect).toEqual(FULL_DIALECT)
  held.resolve(undefined)
})

async function negotiation(dialects: Dialects, account: Account) {
  const choice = await dialects.choose(account, 'm')
  if (choice.outcome !== 'negotiate') throw new Error(`the choice is ${choice.outcome}`)
  return choice.negotiation
}

test('a first call that runs long without a refusal is presumed to be accepted, and the other calls start', async () => {
  const { account, memory, redis, keys } = await open(() => undefined)
  const here = openDialects({ memory, log, presumedMs: 1 })
  const elsewhere = openDialects({ memory: openDialectMemory(redis, keys), log })
  const first = await negotiation(here, account)
  const waiting = await here.choose(account, 'm')
  expect(waiting.outcome).toBe('busy')
  first.sent()
  if (waiting.outcome === 'busy') await waiting.ended
  const presumed = { outcome: 'ready', dialect: FULL_DIALECT, isProven: false }
  expect(await here.choose(account, 'm')).toEqual(presumed)
  expect(await elsewhere.choose(account, 'm')).toEqual(presumed)
  // Late, its answer proves it all the same.
  await first.end('learned', FULL_DIALECT)
  here.confirm(account, 'm', FULL_DIALECT)
  await expect.poll(() => memory.list([KEY])).toMatchObject([FULL_DIALECT])
})

test('waiting calls of another process start when a signal reports the end of the negotiation', async () => {
  const { account, memory, redis, keys } = await open(() => undefined)
  const here = openDialects({ memory, log })
  const elsewhere = openDialects({ memory: openDialectMemory(redis, keys), log })
  const first = await negotiation(here, account)
  const waiting = await elsewhere.choose(account, 'm')
  await first.end('learned', JSON_OBJECT)
  elsewhere.forget('test', 'm')
  if (waiting.outcome === 'busy') await waiting.ended
  expect(await elsewhere.choose(account, 'm')).toEqual({
    outcome: 'ready',
    dialect: JSON_OBJECT,
    isProven: true,
  })
})

test('without Redis calls use the full dialect, and no dialect is stored', async () => {
  const { account, redis, memory } = await open(() => undefined)
  const dialects = openDialects({ memory, log })
  const first = await negotiation(dialects, account)
  redis.disconnect()
  await first.end('learned', JSON_OBJECT)
  expect(await dialects.choose(account, 'm')).toMatchObject({ dialect: JSON_OBJECT })
  const fresh = openDialects({ memory, log })
  expect(await fresh.choose(account, 'm')).toEqual({
    outcome: 'ready',
    dialect: FULL_DIALECT,
    isProven: true,
  })
})
