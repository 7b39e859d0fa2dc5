import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '@capstan/testkit/until'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })

const WORDS = /Anthropic rate-limited the call \(429\): This request would exceed .+ rate limit/
const MODEL = 'claude-test-1'

beforeAll(async () => {
  server = await startCliTestServer(
    { faults: [{ kind: 'rate-limited', retryAfter: 86_400, times: 1 }] },
    { CAPSTAN_CONCURRENCY: '1' },
  )
  await capstan('scan', 'deployments.apps', '--model', MODEL, '--detach', '-q')
  await until('the pause', async () => {
    const { out } = await capstan('get', 'providers')
    return out.includes('PAUSED') || undefined
  })
})
afterAll(() => server.close())

test("get providers shows a paused model with its account, the end of the pause and the provider's message", async () => {
  const { code, out, err } = await capstan('get', 'providers')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const [table = '', paused = ''] = out.split('\n\n')
  // Calls to its default model may start.
  expect(table).toMatch(/^anthropic +configured /m)
  expect(paused).toMatch(/^PAUSED +ACCOUNT +UNTIL +CAUSE\n/)
  expect(paused).toMatch(new RegExp(`^anthropic/${MODEL} +anthropic +\\S+Z +${WORDS.source}`, 'm'))
  const json = JSON.parse((await capstan('get', 'providers', '-o', 'json')).out) as object[]
  expect(json).toHaveLength(3)
})

test('doctor prints each pause with the command that ends it', async () => {
  const { code, out } = await capstan('doctor')
  expect(code).toBe(0)
  const line = new RegExp(
    `^! provider +anthropic/${MODEL} account anthropic: paused until \\S+: ${WORDS.source}.*\\n` +
      ` +fix: capstan resume --provider anthropic --account anthropic --model ${MODEL}$`,
    'm',
  )
  expect(out).toMatch(line)
  // The key is tested once, whatever else of its account is paused.
  expect(out.match(/provider +anthropic answers with/g)).toHaveLength(1)
})

test('queue and doctor show the paused queue of a model and a pause by an operator', async () => {
  await until(
    'the pause of the queue',
    async () => (await capstan('queue')).out.includes('paused until') || undefined,
  )
  const shown = (await capstan('queue')).out
  expect(shown).toMatch(/^ROUTE +TO DO +ACTIVE +DONE +FAILED +WORKERS +STATE$/m)
  expect(shown).toMatch(
    new RegExp(`^anthropic/${MODEL} +1 .* paused until \\S+Z: ${WORDS.source}`, 'm'),
  )
  const paused = (await capstan('doctor')).out
  expect(paused).toMatch(new RegExp(`^! queue +anthropic/${MODEL} account anthropic: paused`, 'm'))
  expect(paused).toContain(`fix: capstan resume --provider anthropic --model ${MODEL}`)
  await capstan('queue', 'pause')
  expect((await capstan('doctor')).out).toMatch(/^! queue +an operator has paused the queues/m)
  await capstan('queue', 'resume')
})

test('resume accepts either a scan or a provider, and reports a usage error for neither or both', async () => {
  for (const args of [[], ['latest', '--provider', 'anthropic'], ['--account', 'main']]) {
    const { code, err } = await capstan('resume', ...args)
    expect(code, args.join(' ')).toBe(2)
    expect(err).toContain('resume --provider openai')
  }
  expect((await capstan('resume', '--provider', 'no-such-provider')).code).toBe(2)
  const budget = await capstan('resume', '--provider', 'anthropic', '--max-cost', '2')
  expect(budget.code).toBe(2)
})

test('resume --provider ends the matching pauses and prints one line for each', async () => {
  const other = await capstan('resume', '--provider', 'anthropic', '--model', 'another')
  expect(other).toMatchObject({ code: 0, out: '' })
  expect(other.err).toContain('is paused')
  const ended = await capstan('resume', '--provider', 'anthropic', '--account', 'anthropic')
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect(ended.out).toMatch(
    new RegExp(
      `^ended: anthropic/${MODEL} account anthropic: paused until \\S+Z: ${WORDS.source}.*\\n$`,
    ),
  )
  expect((await capstan('get', 'providers')).out).not.toContain('PAUSED')
  const again = await capstan('resume', '--provider', 'anthropic', '-o', 'json')
  expect(again).toMatchObject({ code: 0, out: '[]\n' })
})
