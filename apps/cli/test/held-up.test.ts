import { expect, test } from 'vitest'
import {
  answerWithGoods,
  sendJson,
  startOddServer,
  type OddServerHandler,
} from '@capstan/testkit/odd-server'
import { until } from '@capstan/testkit/until'
import { runCapstan } from './run-capstan.ts'
import { startCliTestServer } from './start-server.ts'

// Runs all of Capstan against a provider that blocks a scan, as a new user would see it.

const MODEL = 'local-model'
const WRONG: OddServerHandler = (_, response) =>
  sendJson(response, 200, { error: 'Unexpected endpoint or method.' })
const LOADING: OddServerHandler = (_, response) =>
  sendJson(response, 503, { error: { message: 'Loading model' } })

async function start(answer: OddServerHandler) {
  const model = await startOddServer(answer)
  const server = await startCliTestServer(
    {},
    {
      OPENAI_API_KEY: 'sk-test-0123456789',
      OPENAI_BASE_URL: model.url,
      CAPSTAN_CONCURRENCY: '4',
    },
  )
  const capstan = (...args: string[]) => runCapstan(args, { environment: server.client })
  const scan = (...args: string[]) =>
    capstan('scan', '--provider', 'openai', '--model', MODEL, '--wait', ...args)
  return { model, server, capstan, scan }
}

test("a scan on a misconfigured route exits with 7, the provider's message and the setting to check", async () => {
  const { model, server, capstan, scan } = await start(WRONG)
  try {
    const { code, err } = await scan('--progress', 'plain')
    expect(code).toBe(7)
    expect(err).toMatch(/^! scan_\w+ is paused: OpenAI .*Unexpected endpoint or method/m)
    expect(err).toMatch(/^ +fix: .*OPENAI_BASE_URL.* \/v1/m)
    expect(err).toMatch(/^ +resume it: +capstan resume scan_\w+$/m)
    expect(model.calls).toBeLessThanOrEqual(8)

    const described = (await capstan('describe', 'scan', 'latest')).out
    expect(described).toMatch(/^Paused: +by worker: .*Unexpected endpoint/m)
    expect(described).toMatch(/^Last failure: +\S+Z, account openai: .*Unexpected endpoint/m)
    const doctor = await capstan('doctor')
    expect(doctor.out).toMatch(
      new RegExp(`^✖ provider +openai/${MODEL} account openai: .*Unexpected endpoint`, 'm'),
    )
    expect(doctor.out).toMatch(/^ +fix: .*OPENAI_BASE_URL/m)

    // Watching again reports the pause at once. Resumed without a fix, the scan pauses after its calls in
    // flight.
    expect((await capstan('watch', 'latest')).code).toBe(7)
    const before = model.calls
    expect((await capstan('resume', 'latest')).code).toBe(0)
    await until('more calls', () => (model.calls > before ? true : undefined))
    expect((await capstan('watch', 'latest')).code).toBe(7)
    expect(model.calls - before).toBeLessThanOrEqual(8)

    model.answer = answerWithGoods
    expect((await capstan('resume', 'latest')).code).toBe(0)
    expect(await capstan('watch', 'latest')).toMatchObject({ code: 0 })
  } finally {
    await server.close()
  }
})

test('a scan behind an open circuit breaker shows the last failure and exits with 7 after --max-wait', async () => {
  const { server, capstan, scan } = await start(LOADING)
  try {
    const { code, err, out } = await scan('--max-wait', '10s', '--progress', 'plain', '-o', 'json')
    expect(code).toBe(7)
    expect(err).toMatch(/^⏳ waiting: openai: circuit breaker open: OpenAI .*Loading model/m)
    expect(err).toMatch(/^! scan_\w+ is blocked: openai: .*Loading model/m)
    expect(JSON.parse(out)).toMatchObject({
      status: 'running',
      throttle: { account: 'openai', fault: { reason: 'provider_error', account: 'openai' } },
    })
    expect((await capstan('cancel', 'latest')).code).toBe(0)
  } finally {
    await server.close()
  }
})

test('doctor tests a key with a real call and names the setting to check', async () => {
  const model = await startOddServer(WRONG)
  const server = await startCliTestServer(
    {},
    { ANTHROPIC_BASE_URL: model.url, CAPSTAN_MODEL: MODEL },
  )
  try {
    const { code, out } = await runCapstan(['doctor'], { environment: server.client })
    expect(code).toBe(1)
    expect(out).toMatch(/^✖ provider +anthropic: .*Unexpected endpoint/m)
    expect(model.calls).toBe(1)
  } finally {
    await server.close()
  }
})
