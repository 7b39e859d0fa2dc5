import { expect, test } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { LIGHTHOUSE, type ValidAnswer } from '@capstan/testkit/answers/answer-fixture'
import { COERCED_ANSWERS } from '@capstan/testkit/answers/coerced-answers'
import { INVALID_ANSWERS } from '@capstan/testkit/answers/invalid-answers'
import { LOOSE_ANSWERS } from '@capstan/testkit/answers/loose-answers'
import { REASONED_ANSWERS } from '@capstan/testkit/answers/reasoned-answers'
import { WRAPPED_ANSWERS } from '@capstan/testkit/answers/wrapped-answers'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { startAnswerServer } from './answer-server.ts'
import { runWorker } from './run-worker.ts'

const PROVIDERS = ['anthropic', 'openai'] as const
const VALID: ValidAnswer[] = [
  ...REASONED_ANSWERS,
  ...WRAPPED_ANSWERS,
  ...LOOSE_ANSWERS,
  ...COERCED_ANSWERS,
]

/** A scan of one type for each text; what each type has cost, and what is in the catalog. */
async function scanAnswers(
  provider: (typeof PROVIDERS)[number],
  answers: { text: string; stop?: 'end' | 'length' }[],
) {
  const kinds = answers.map((_, index) => `Answer${index}x`)
  const server = await startAnswerServer(
    new Map(kinds.map((kind, index) => [kind, answers[index] ?? { text: '' }])),
  )
  const rig = openScanRig()
  await runWorker(rig, undefined, {
    ANTHROPIC_API_KEY: 'sk-ant-0123456789abcdef',
    ANTHROPIC_BASE_URL: server.url,
    OPENAI_API_KEY: 'sk-0123456789abcdef',
    OPENAI_BASE_URL: `${server.url}/v1`,
    CAPSTAN_CONCURRENCY: '8',
  })
  const types = kinds.map((kind) => makeDefinition(kind))
  const scan = await rig.ended(await rig.scan(types, { provider, cluster: 'coast' }))
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data } = await catalog.list({ cluster: 'coast' }, { limit: 200 })
  await catalog.close()
  const rows = new Map(data.map((row) => [row.kind, row]))
  return {
    scan,
    calls: kinds.map((kind) => server.calls.get(kind)),
    rows: kinds.map((kind) => rows.get(kind)),
  }
}

test.each(PROVIDERS)(
  'an answer with one obvious meaning costs no second call: %s',
  async (provider) => {
    const { scan, calls, rows } = await scanAnswers(provider, VALID)
    expect(VALID.length).toBeGreaterThanOrEqual(60)
    expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: VALID.length } })
    expect(calls).toEqual(VALID.map(() => 1))
    for (const [index, { name, value }] of VALID.entries()) {
      const row = rows[index]
      // Markup in a value is read and distrusted.
      const confidence = row?.suspicions.length ? 0.4 : value.confidence
      expect({ name, ...row }).toMatchObject({ name, ...value, confidence })
    }
    const distrusted = rows.filter((row) => row?.suspicions.length)
    expect(distrusted.flatMap((row) => row?.suspicions.map(({ kind }) => kind))).toEqual([
      'markup',
      'unknown_words',
      'unknown_words',
    ])
  },
)

test.each(PROVIDERS)(
  'an answer without one certain meaning is repaired by one call: %s',
  async (provider) => {
    const { scan, calls, rows } = await scanAnswers(provider, INVALID_ANSWERS)
    expect(scan).toMatchObject({ status: 'succeeded' })
    expect(calls).toEqual(INVALID_ANSWERS.map(() => 2))
    for (const row of rows) expect(row).toMatchObject(LIGHTHOUSE)
  },
)
