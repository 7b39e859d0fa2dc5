import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureRedis } from '@capstan/local-redis/ensure-redis'
import { renderMarkdownTable } from './report/table.ts'
import { writePage } from './report/write-page.ts'
import type { BenchEmbeddings, Lab, Scenario } from './scenario.ts'
import { SCENARIOS } from './scenario-table.ts'

export interface BenchIo {
  out(text: string): void
  err(text: string): void
  environment: Record<string, string | undefined>
  interrupted: AbortSignal
}

const OK = 0
const FAILED = 1
const USAGE = 2
const INTERRUPTED = 130

const COMMAND = 'npx -y pnpm@12.21.0 bench'
const PAGES = fileURLToPath(new URL('../../docs/benchmarks/', import.meta.url))
/** Downloaded programs, shared with the tests. */
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))

/**
 * `bench <scenario> [--seeds N] [--cluster NAME=FILE] [--embeddings MODEL:DIMENSIONS=URL]`: a JSON line per run and a
 * table on stdout, progress on stderr, a page in
 * docs/benchmarks. Without a scenario it lists them. Returns the exit code: 2 = usage error, 1 = failure.
 */
export async function runBench(args: string[], io: BenchIo): Promise<number> {
  const asked = readArguments(args)
  if ('fault' in asked) {
    io.err(`${asked.fault}\n${formatUsage()}`)
    return USAGE
  }
  if (asked.scenario === undefined) {
    io.out(formatUsage())
    return OK
  }
  try {
    await runScenario(asked.scenario, asked, io)
    return OK
  } catch (error) {
    if (io.interrupted.aborted) return INTERRUPTED
    io.err(`${asked.scenario.name} broke down: ${describe(error)}\n`)
    return FAILED
  }
}

interface BenchOptions {
  seeds: number | undefined
  clusters: ReadonlyMap<string, string>
  embeddings: BenchEmbeddings | undefined
}
type Asked = ({ scenario: Scenario | undefined } & BenchOptions) | { fault: string }

function readArguments(args: string[]): Asked {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seeds: { type: 'string' },
        cluster: { type: 'string', multiple: true },
        embeddings: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    const [name, ...more] = positionals
    if (more.length > 0) return { fault: `one scenario at a time; ${more.join(' ')} is too much` }
    const scenario = SCENARIOS.find((one) => one.name === name)
    if (name !== undefined && !scenario) return { fault: `there is no scenario ${name}` }
    return {
      scenario: values.help ? undefined : scenario,
      seeds: values.seeds === undefined ? undefined : parseSeeds(values.seeds),
      clusters: new Map((values.cluster ?? []).map(parseCluster)),
      embeddings: values.embeddings === undefined ? undefined : parseEmbeddings(values.embeddings),
    }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

function parseSeeds(text: string): number {
  const seeds = Number(text)
  if (Number.isInteger(seeds) && seeds > 0) return seeds
  throw new Error(`--seeds is ${text}; it has to be a whole number from 1`)
}

function parseCluster(text: string): [name: string, file: string] {
  const [, name, file] = /^(\w+)=(.+)$/.exec(text) ?? []
  if (name === undefined || file === undefined) {
    throw new Error(`--cluster is ${text}; it has to be NAME=FILE`)
  }
  return [name, file]
}

function parseEmbeddings(text: string): BenchEmbeddings {
  const [, model, dimensions, url] = /^([^=]+):(\d+)=(https?:.+)$/.exec(text) ?? []
  if (model === undefined || url === undefined) {
    throw new Error(`--embeddings is ${text}; it has to be MODEL:DIMENSIONS=URL`)
  }
  return { model, dimensions: Number(dimensions), url }
}

function formatUsage(): string {
  const lines = SCENARIOS.map((one) => `  ${one.name.padEnd(20)} ${one.summary}`)
  return [
    `Usage: ${COMMAND} <scenario> [--seeds N] [--cluster NAME=FILE] [--embeddings MODEL:DIMENSIONS=URL]`,
    '',
    'Scenarios:',
    ...lines,
    '',
  ].join('\n')
}

async function runScenario(
  scenario: Scenario,
  { seeds = scenario.seeds, clusters, embeddings }: BenchOptions,
  io: BenchIo,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const log = (line: string): void => io.err(`${line}\n`)
  const redis = await ensureRedis({
    redisUrl: io.environment['REDIS_URL'],
    dataDir: folder,
    cacheDir: CACHE,
    path: io.environment['PATH'],
    onProgress: log,
    signal: io.interrupted,
  })
  stack.defer(() => redis.stop())
  log(`Redis: ${redis.description}`)
  const lab: Lab = {
    redisUrl: redis.url,
    clusters,
    embeddings,
    log,
    record: (run) => io.out(`${JSON.stringify({ scenario: scenario.name, ...run })}\n`),
    signal: io.interrupted,
  }
  const page = await scenario.run(
    lab,
    Array.from({ length: seeds }, (_, index) => index + 1),
  )
  const named = [...clusters].map(([name, file]) => ` --cluster ${name}=${basename(file)}`).join('')
  const model = embeddings ? ` --embeddings ${embeddings.model}:${embeddings.dimensions}=URL` : ''
  const command = `${COMMAND} ${scenario.name} --seeds ${seeds}${named}${model}`
  const written = await writePage({ ...page, name: scenario.name, command }, PAGES)
  for (const rows of [page.rows, ...(page.moreTables ?? []).map((table) => table.rows)]) {
    io.out(`\n${renderMarkdownTable(rows)}\n`)
  }
  log(`Page: ${written}`)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
