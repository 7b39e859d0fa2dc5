import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { loadGoldenTypes } from '../src/eval/golden-types.ts'
import { runEval } from '../src/eval/run-eval.ts'
import { scoreAnswer } from '../src/eval/score-answer.ts'
import { scoreWithoutModel } from '../src/eval/score-without-model.ts'
import { summarizeScores } from '../src/eval/summarize-answers.ts'

const signal = new AbortController().signal

test('the golden set has at least 60 types, each once and within the outline budget', () => {
  const types = loadGoldenTypes()
  expect(types.length).toBeGreaterThanOrEqual(60)
  const names = types.map(({ definition: { type } }) => `${type.group}/${type.kind}`)
  expect(new Set(names).size).toBe(names.length)
  for (const { definition } of types) {
    expect(definition.schemaPublished, definition.type.kind).toBe(true)
    expect(definition.truncated, definition.type.kind).toBe(false)
  }
})

/** Published in docs/benchmarks/quality-demo.md, rounded down: a change of the answers must not fall below. */
const LEAST = {
  curated: { precision: 0.9, recall: 0.96, complexity: 0.98, providerF1: 0.5 },
  rules: { precision: 0.7, recall: 0.57, complexity: 0.85, providerF1: 0.83 },
}

test.each(['curated', 'rules'] as const)(
  'the answers of the source %s about the golden types are at least as good as the published figures',
  (source) => {
    const answers = loadGoldenTypes().flatMap(scoreWithoutModel)
    const quality = summarizeScores(answers.filter((answer) => answer.source === source))
    expect(quality.types).toBeGreaterThanOrEqual(55)
    for (const name of ['precision', 'recall', 'complexity', 'providerF1'] as const) {
      expect(quality[name], name).toBeGreaterThanOrEqual(LEAST[source][name])
    }
  },
)

test('the golden set leaves out the types whose answers were examples for the curated answers', () => {
  const kinds = loadGoldenTypes().map(({ definition: { type } }) => type.kind)
  for (const kind of ['Pod', 'Certificate', 'ClusterIssuer']) expect(kinds).not.toContain(kind)
})

test('the evaluation without a model makes no call and reports both sources', async () => {
  const { code, pages, out } = await evaluate(['--provider', 'demo'], {})
  expect(code).toBe(0)
  const lines = out.split('\n').filter((line) => line.startsWith('{'))
  expect(new Set(lines.map((line) => (JSON.parse(line) as { source: string }).source))).toEqual(
    new Set(['curated', 'rules']),
  )
  const page = await readFile(join(pages, 'quality-demo.md'), 'utf8')
  expect(page).toMatch(/(?:Reached|Missed): a precision of curated answers of at least 0.9/)
  expect(page).toContain('eval --provider demo')
})

const EXPECTED = {
  core: ['tls certificate|x509', 'renew'],
  also: ['domain'],
  providers: ['cert-manager'],
  mayBe: ["Let's Encrypt"],
  complexity: ['low', 'medium'] as const,
}
const ANSWER = {
  capabilities: ['TLS certificates', 'something else'],
  providers: ['Cert-Manager', "Let's Encrypt", 'AWS'],
  abstractions: [],
  complexity: 'high',
  description: 'd',
  useCase: 'u',
  confidence: 0.9,
  searchPhrases: [],
} as const

test('the score of an answer counts matched, missed and unexpected concepts', () => {
  const { capabilities, providers, ...rest } = ANSWER
  const answer = { ...rest, capabilities: [...capabilities], providers: [...providers] }
  const given = { ...answer, abstractions: [], searchPhrases: [] }
  expect(scoreAnswer(given, { ...EXPECTED, complexity: [...EXPECTED.complexity] })).toEqual({
    phrases: 2,
    rightPhrases: 1,
    core: 2,
    coreFound: 1,
    providers: 1,
    providersFound: 1,
    providersWrong: 1,
    complexityAgreed: 0,
    missed: ['renew'],
  })
})

async function evaluate(args: string[], environment: Record<string, string>) {
  const pages = await mkdtemp(join(tmpdir(), 'capstan-eval-'))
  onTestFinished(() => rm(pages, { recursive: true, force: true }))
  const written = { out: '', err: '' }
  const code = await runEval(
    args,
    {
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
      environment,
      interrupted: signal,
    },
    pages,
  )
  return { code, pages, ...written }
}

test('a provider over HTTP is evaluated with its costs, and broken answers count as failures', async () => {
  const sim = await testProviderSim({
    faults: [{ kind: 'refusal', matching: 'CronJob' }],
  })
  const { code, pages, out } = await evaluate(['--provider', 'anthropic'], {
    ANTHROPIC_API_KEY: 'sk-ant-0123456789abcdef',
    ANTHROPIC_BASE_URL: sim.url,
  })
  expect(code).toBe(1)
  const rows = out.split('\n').filter((line) => line.startsWith('{'))
  expect(rows.length).toBe(loadGoldenTypes().length)
  const failed = rows.filter((line) => !line.includes('"failure":null'))
  expect(failed.map((line) => (JSON.parse(line) as { kind: string }).kind)).toContain('CronJob')
  const page = await readFile(join(pages, 'quality-anthropic.md'), 'utf8')
  expect(page).toMatch(/No valid answer: .*CronJob/)
  expect(page).not.toContain('sk-ant')
})

test.each([
  [[], '--provider must be one of'],
  [['--provider', 'no-such-provider'], '--provider must be one of'],
  [['--provider', 'openai'], 'OPENAI_API_KEY'],
  [['--fast'], '--fast'],
])('%j is a usage error without any call', async (args, message) => {
  const { code, out, err } = await evaluate(args, {})
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
  expect(err).toContain('Usage: ')
})
