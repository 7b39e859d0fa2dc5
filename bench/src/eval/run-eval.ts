import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openModels } from '@capstan/llm/open-models'
import { defaultModel } from '@capstan/shared/config/default-model'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import type { Model } from '@capstan/shared/inference/types'
import { renderMarkdownTable } from '../report/table.ts'
import { writePage, type BenchmarkPage } from '../report/write-page.ts'
import type { BenchIo } from '../run-bench.ts'
import { askGolden, type GoldenAnswer } from './ask-golden.ts'
import { renderEvalPage } from './eval-page.ts'
import { loadGoldenTypes } from './golden-types.ts'
import { scoreWithoutModel } from './score-without-model.ts'
import { renderWithoutModelPage } from './without-model-page.ts'

const OK = 0
const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

const COMMAND = 'npx -y pnpm@12.21.0 eval'
const PAGES = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url))
// These calls have no limiter; the smallest accounts allow more.
const AT_ONCE = 4

/**
 * `eval --provider X [--model Y]`: asks about every golden type and reports the quality of the answers: a
 * JSON line per type and a table on stdout, a page in docs/benchmarks. Provider `demo` makes no call: curated and
 * rule-based answers are compared. Returns the exit code; failed types make it 1.
 */
export async function runEval(args: string[], io: BenchIo, pages = PAGES): Promise<number> {
  const asked = readArguments(args)
  if ('provider' in asked && asked.provider === 'demo') return evaluateWithoutModel(io, pages)
  const model = 'fault' in asked ? undefined : await openModel(asked, io.environment)
  if ('fault' in asked || !model) {
    io.err(
      `${'fault' in asked ? asked.fault : describeMissingKey(asked.provider)}\n${formatUsage()}`,
    )
    return USAGE
  }
  return evaluateModel(model, io, pages)
}

async function evaluateModel(model: Model, io: BenchIo, pages: string): Promise<number> {
  try {
    const answers = await askAll(model, io)
    const page = renderEvalPage(model, answers)
    const command = `${COMMAND} --provider ${model.provider} --model ${model.model}`
    const name = `quality-${model.provider}`
    await publish({ ...page, name, command }, io, pages)
    return answers.some(({ failure }) => failure !== null) ? FAILED : OK
  } catch (error) {
    if (io.interrupted.aborted) return INTERRUPTED
    throw error
  }
}

async function evaluateWithoutModel(io: BenchIo, pages: string): Promise<number> {
  const answers = loadGoldenTypes().flatMap(scoreWithoutModel)
  for (const answer of answers) io.out(`${JSON.stringify(answer)}\n`)
  const page = renderWithoutModelPage(answers)
  await publish({ ...page, name: 'quality-demo', command: `${COMMAND} --provider demo` }, io, pages)
  return OK
}

async function publish(page: BenchmarkPage, io: BenchIo, pages: string): Promise<void> {
  const written = await writePage(page, pages)
  io.out(`\n${renderMarkdownTable(page.rows)}\n`)
  io.err(`Page: ${written}\n`)
}

type Asked = { provider: Provider; model: string } | { fault: string }

function readArguments(args: string[]): Asked {
  try {
    const options = { provider: { type: 'string' }, model: { type: 'string' } } as const
    const { values } = parseArgs({ args, options })
    const provider = Provider.safeParse(values.provider)
    if (!provider.success) return { fault: `--provider must be one of ${PROVIDERS.join(', ')}` }
    return { provider: provider.data, model: values.model ?? defaultModel(provider.data) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

/** Reads keys and base URLs from the same variables as a worker. */
async function openModel(
  { provider, model }: { provider: Provider; model: string },
  environment: BenchIo['environment'],
): Promise<Model | undefined> {
  const of = (name: string) => {
    const apiKey = environment[`${name}_API_KEY`] || undefined
    const baseUrl = environment[`${name}_BASE_URL`] || undefined
    return (apiKey ?? baseUrl) ? { apiKey, baseUrl } : undefined
  }
  return (await openModels({ anthropic: of('ANTHROPIC'), openai: of('OPENAI') })).get(
    provider,
    model,
  )
}

async function askAll(model: Model, io: BenchIo): Promise<GoldenAnswer[]> {
  const types = loadGoldenTypes()
  const answers: GoldenAnswer[] = []
  let next = 0
  const askOnward = async (): Promise<void> => {
    for (let index = next++; index < types.length; index = next++) {
      const type = types[index]
      if (!type) return
      const answer = await askGolden(model, type, io.interrupted)
      answers[index] = answer
      io.err(`${answer.kind}: ${answer.failure ?? 'answered'}\n`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askOnward))
  for (const answer of answers) io.out(`${JSON.stringify(answer)}\n`)
  return answers
}

function describeMissingKey(provider: Provider): string {
  return `${provider} needs a key or a base URL: set ${provider.toUpperCase()}_API_KEY, or ${provider.toUpperCase()}_BASE_URL of a server that speaks its API`
}

function formatUsage(): string {
  return `Usage: ${COMMAND} --provider ${PROVIDERS.join('|')} [--model <name>]\n`
}
