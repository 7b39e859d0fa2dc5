import { z } from 'zod'
import { WorkerStatus, type EndpointProblem } from '@capstan/shared/contract/worker-status'
import type { CliSession } from '../../cli-session.ts'
import { CLI_VERSION } from '../../version.ts'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import { checkKeys } from './check-keys.ts'
import { listPausedAccounts, formatPause } from '../paused-accounts.ts'
import { readServer } from '../read-server.ts'
import {
  ProviderReport,
  ReadinessReport,
  ResourceRowPage,
  VersionReport,
  type ProviderRow,
} from '../response-schemas.ts'
import type { DoctorCheck } from './doctor-check.ts'

const OLDEST_NODE = 22

export function checkNode(): DoctorCheck {
  const major = Number(process.versions.node.split('.')[0])
  return major >= OLDEST_NODE
    ? { name: 'node', state: 'ok', detail: process.version }
    : { name: 'node', state: 'bad', detail: `${process.version} is too old`, fix: 'Use Node 24.' }
}

export async function checkServer(session: CliSession): Promise<DoctorCheck[]> {
  const started = performance.now()
  const { version } = await readServer(session, '/version', VersionReport)
  const ms = Math.round(performance.now() - started)
  const detail = `${session.api.server} answers in ${ms} ms, version ${version}`
  if (version === CLI_VERSION) return [{ name: 'server', state: 'ok', detail }]
  const fix = 'Use a server and a command line of the same version.'
  return [{ name: 'server', state: 'warn', detail: `${detail}, this is ${CLI_VERSION}`, fix }]
}

export async function checkReadiness(session: CliSession): Promise<DoctorCheck[]> {
  const { checks, degraded } = await readServer(session, '/readyz?verbose', ReadinessReport, 503)
  return [
    ...checks.map(({ name, ok, detail }): DoctorCheck => {
      if (ok) return { name, state: 'ok', detail: detail ?? 'works' }
      const fix = name === 'redis' ? 'Check Redis and REDIS_URL of the server.' : undefined
      return { name, state: 'bad', detail: detail ?? 'does not work', fix }
    }),
    ...degraded.map((warning): DoctorCheck => ({ name: 'redis', state: 'warn', detail: warning })),
  ]
}

/** The server queries the cluster. A missing permission is returned as a problem with its fix. */
export async function checkCluster({ api, io }: CliSession): Promise<DoctorCheck[]> {
  const query = { limit: 1 }
  const page = await api.get('/resources', ResourceRowPage.extend(Silent), {
    query,
    signal: io.interrupted,
  })
  const silent = page.unavailable.map(({ group, reason }): DoctorCheck => ({
    name: 'cluster',
    state: 'warn',
    detail: `group ${group} does not respond: ${reason}`,
  }))
  const detail =
    page.data.length > 0 ? 'is reachable and readable' : 'is reachable, but serves no type'
  const state = page.data.length > 0 ? 'ok' : 'warn'
  return [{ name: 'cluster', state, detail }, ...silent, ...describeOmittedWarnings(page.warnings)]
}

const MOST_WARNINGS = 10

/** Warns about files and definitions of a manifest folder that were not read. */
function describeOmittedWarnings(warnings: string[]): DoctorCheck[] {
  const left = warnings.length - MOST_WARNINGS
  const lines = left > 0 ? [...warnings.slice(0, MOST_WARNINGS), `and ${left} more`] : warnings
  return lines.map((detail) => ({ name: 'cluster', state: 'warn', detail }))
}

const Silent = {
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })).default([]),
  warnings: z.array(z.string()).default([]),
}

export async function checkWorkers({ api, io }: CliSession): Promise<DoctorCheck[]> {
  const signal = io.interrupted
  const { data } = await api.get('/workers', z.object({ data: z.array(WorkerStatus) }), { signal })
  const slots = data.reduce((sum, { concurrency }) => sum + concurrency, 0)
  if (data.length > 0) {
    return [{ name: 'workers', state: 'ok', detail: `${data.length}, ${slots} types at a time` }]
  }
  const fix = 'Start one: node apps/worker/src/main.ts, or scale the worker deployment.'
  return [{ name: 'workers', state: 'bad', detail: 'none is running; scans wait', fix }]
}

export async function diagnoseProvider(session: CliSession): Promise<DoctorCheck[]> {
  const data = await readProviders(session)
  const usual = data.find((provider) => provider.default)
  if (usual && !usual.demo && usual.configured) return checkEndpoint(session, usual)
  const detail = usual?.demo
    ? 'no model: answers are curated or rule-based'
    : `no worker serves ${usual?.id ?? 'any'}`
  const fix = 'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL for the workers.'
  return [{ name: 'provider', state: usual?.demo ? 'warn' : 'bad', detail, fix }]
}

/** One line for each model of an account that rejects all calls until a person acts. */
export async function checkFaults(session: CliSession): Promise<DoctorCheck[]> {
  return (await readProviders(session)).flatMap(({ id, accounts }) =>
    accounts.flatMap(({ name, model, health }): DoctorCheck[] => {
      const { state, fault } = health ?? {}
      if (!fault || (state !== 'misconfigured' && state !== 'refused')) return []
      const detail = `${id}/${model} account ${name}: ${fault.title}`
      return [{ name: 'provider', state: 'bad', detail, fix: fault.hint }]
    }),
  )
}

/** Reports the model endpoint first: without a model, the key cannot be tested. */
async function checkEndpoint(session: CliSession, provider: ProviderRow): Promise<DoctorCheck[]> {
  const { id, models, problem } = provider
  const named = problem === null ? [] : [createProblemCheck(problem, models.length > 0)]
  const place = provider.endpoints.map((endpoint): DoctorCheck => {
    const detail = `${id} is called at ${endpoint}, model ${models[0] ?? 'not known'}`
    return { name: 'provider', state: 'ok', detail }
  })
  if (models.length === 0) return named
  return [...place, ...named, ...(await checkKeys(session, provider))]
}

function createProblemCheck({ detail, hint }: EndpointProblem, hasModel: boolean): DoctorCheck {
  return { name: 'provider', state: hasModel ? 'warn' : 'bad', detail, fix: hint }
}

/** One line for each pause and open circuit breaker, with the command that ends it. */
export async function checkPauses(session: CliSession): Promise<DoctorCheck[]> {
  return listPausedAccounts(await readProviders(session)).map((paused) => {
    const words = [paused.provider, '--account', paused.account, '--model', paused.model]
    const fix = `${session.program} resume --provider ${words.map(quoteShellWord).join(' ')}`
    return { name: 'provider', state: 'warn', detail: formatPause(paused), fix }
  })
}

async function readProviders({ api, io }: CliSession): Promise<ProviderRow[]> {
  return (await api.get('/providers', ProviderReport, { signal: io.interrupted })).data
}
