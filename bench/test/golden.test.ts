import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { createDemoModel } from '@capstan/demo-rules/demo-model'
import { askGolden } from '../src/eval/ask-golden.ts'
import { loadGoldenTypes } from '../src/eval/golden-types.ts'
import { runEval } from '../src/eval/run-eval.ts'
import { scoreAnswer } from '../src/eval/score-answer.ts'
import { summarizeAnswers } from '../src/eval/summarize-answers.ts'

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

/** Published in docs/benchmarks/quality-demo.md, rounded down: a change of the rules must not fall below. */
const DEMO = {
  tuning: { precision: 0.67, recall: 0.94, complexity: 0.87, providerF1: 0.99 },
  'held-out': { precision: 0.64, recall: 0.82, complexity: 0.84, providerF1: 0.95 },
}

test.each(['tuning', 'held-out'] as const)(
  'the demo rules answer the %s half of the golden types at least as well as the published figures',
  async (half) => {
    const types = loadGoldenTypes().filter((type) => type.half === half)
    const model = createDemoModel('demo-rules')
    const answers = await Promise.all(types.map((type) => askGolden(model, type, signal)))
    const quality = summarizeAnswers(answers)
    expect(quality.failures).toBe(0)
    for (const [name, least] of Object.entries(DEMO[half])) {
      expect(quality[name as keyof (typeof DEMO)['tuning']], name).toBeGreaterThanOrEqual(least)
    }
  },
)

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
