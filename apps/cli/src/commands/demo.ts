import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { printNote, openSession, type GlobalOptions, type CliSession } from '../cli-session.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'
import { openNetwork } from '../program/open-network.ts'
import { findCacheDir } from '../stack/find-folders.ts'
import { deleteKeys } from '../stack/delete-keys.ts'
import { readStackSettings } from '../stack/settings.ts'
import {
  startLocalStack,
  type LocalStack,
  type LocalStackPlan,
} from '../stack/start-local-stack.ts'
import { printScanEnd, watchScan } from '../watch/watch-scan.ts'
import { chooseExitCode } from './scans/attach-to-scan.ts'
import { requestScan } from './scans/scan.ts'
import { showDemo } from './show-demo.ts'

export interface DemoOptions extends GlobalOptions {
  types?: string[]
  latency?: { minMs: number; maxMs: number }
  keep?: boolean
}

const WORKERS = 2
/** Two workers with 33 slots each process the 66 types of the demo cluster at once. */
const CONCURRENCY = 33
const LATENCY = { minMs: 4_000, maxMs: 6_000 }

/** Settings that a real provider would need. */
const MODEL_SETTINGS = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
]

/** Runs one scan on simulators in a temporary folder. */
export async function runDemo(io: Io, options: DemoOptions): Promise<ExitCode> {
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'capstan-demo-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const token = randomBytes(24).toString('hex')
  const latency = options.latency ?? LATENCY
  const printStep = (line: string): void => {
    if (!options.quiet && options.progress !== 'json') {
      io.err(formatForTerminal(io, 'err', `${toPlainText(line)}\n`))
    }
  }
  printStep(
    `A simulated cluster and a simulated model (${latency.minMs / 1000} to ${latency.maxMs / 1000} s a call):`,
  )
  await openNetwork(io.environment)
  const plan = await planDemo(io, options, folder, token)
  const unused = MODEL_SETTINGS.filter((name) => io.environment[name]?.trim())
  if (unused.length > 0) printStep(`${unused.join(', ')}: not used by the demo, but by start.`)
  const stack = await startLocalStack(plan, { log: printStep, signal: io.interrupted })
  cleanup.defer(async () => {
    if (plan.redisUrl)
      await deleteKeys(plan.redisUrl, String(plan.environment['CAPSTAN_REDIS_PREFIX']))
  })
  cleanup.defer(() => stack.stop())
  const session = await openDemoSession(io, options, stack, token)
  // Awaited here because leaving this scope stops the stack.
  return await watchDemo(session, options)
}

async function watchDemo(session: CliSession, options: DemoOptions): Promise<ExitCode> {
  const body = options.types ? { include: options.types } : {}
  const started = await requestScan(session, body)
  const watched = await watchScan(session, started)
  if (watched.outcome !== 'finished') {
    printNote(session, 'Stopping and removing all data.')
    return EXIT.interrupted
  }
  if (watched.scan.status !== 'succeeded') await printScanEnd(session, watched.scan)
  await showDemo(session, watched.scan)
  if (options.keep) await keep(session, watched.scan)
  return chooseExitCode(watched.scan, 'any')
}

async function keep(session: CliSession, scan: Scan): Promise<void> {
  const { api, io } = session
  printNote(
    session,
    `It keeps running at ${api.server} (docs at ${api.server}/docs) until Ctrl-C. Scan: ${scan.id}`,
  )
  if (!io.interrupted.aborted) await once(io.interrupted, 'abort')
}

async function planDemo(
  io: Io,
  options: DemoOptions,
  folder: string,
  token: string,
): Promise<LocalStackPlan> {
  // The demo uses only environment variables that describe the machine, none of the user's settings.
  const { PATH, HOME, TMPDIR, LOG_LEVEL } = io.environment
  const settings = readStackSettings({
    REDIS_URL: io.environment['REDIS_URL'],
    REDIS_URL_FILE: io.environment['REDIS_URL_FILE'],
  })
  return {
    environment: {
      PATH,
      HOME,
      TMPDIR,
      LOG_LEVEL,
      CAPSTAN_CONCURRENCY: String(CONCURRENCY),
      CAPSTAN_TOKEN: token,
      CAPSTAN_REDIS_PREFIX: `{capstan-demo-${randomBytes(4).toString('hex')}}`,
    },
    host: '127.0.0.1',
    port: 0,
    redisUrl: settings.REDIS_URL,
    dataDir: folder,
    cacheDir: await findCacheDir(io.environment),
    cluster: { kind: 'demo', text: 'the demo cluster' },
    workers: WORKERS,
    log: options.verbose ? 'stderr' : { folder: join(folder, 'logs') },
    providerSim: { seed: 1, latency: { kind: 'uniform', ...(options.latency ?? LATENCY) } },
  }
}

function openDemoSession(
  io: Io,
  options: DemoOptions,
  stack: LocalStack,
  token: string,
): Promise<CliSession> {
  const { tokenFile: _token, context: _context, ...rest } = options
  const environment = { ...io.environment, CAPSTAN_TOKEN: token }
  return openSession({ ...io, environment }, { ...rest, server: stack.apiUrl })
}
