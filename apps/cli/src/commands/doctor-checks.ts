import { z } from 'zod'
import { WorkerStatus, type EndpointProblem } from '@capstan/shared/contract/worker-status'
import type { Session } from '../session.ts'
import { VERSION } from '../version.ts'
import { shellWord } from '../output/shell-word.ts'
import { checkKeys } from './check-keys.ts'
import { listPausedAccounts, pauseText } from './paused-accounts.ts'
import { readServer } from './read-server.ts'
import { ProviderList, Readiness, ResourcePage, ServerVersion, type ProviderView } from './views.ts'

export interface Check {
  name: string
  state: 'ok' | 'warn' | 'bad'
  detail: string
  fix?: string | undefined
}

const OLDEST_NODE = 22

export function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0])
  return major >= OLDEST_NODE
    ? { name: 'node', state: 'ok', detail: process.version }
    : { name: 'node', state: 'bad', detail: `${process.version} is too old`, fix: 'Use Node 24.' }
}

export async function checkServer(session: Session): Promise<Check[]> {
  const started = performance.now()
  const { version } = await readServer(session, '/version', ServerVersion)
  const ms = Math.round(performance.now() - started)
  const detail = `${session.api.server} answers in ${ms} ms, version ${version}`
  if (version === VERSION) return [{ name: 'server', state: 'ok', detail }]
  const fix = 'Use a server and a command line of the same version.'
  return [{ name: 'server', state: 'warn', detail: `${detail}, this is ${VERSION}`, fix }]
}

export async function checkReadiness(session: Session): Promise<Check[]> {
  const { checks, degraded } = await readServer(session, '/readyz?verbose', Readiness, 503)
  return [
    ...checks.map(({ name, ok, detail }): Check => {
      if (ok) return { name, state: 'ok', detail: detail ?? 'works' }
      const fix = name === 'redis' ? 'Look at Redis and at REDIS_URL of the server.' : undefined
      return { name, state: 'bad', detail: detail ?? 'does not work', fix }
    }),
    ...degraded.map((warning): Check => ({ name: 'redis', state: 'warn', detail: warning })),
  ]
}

/** The server asks the cluster; a missing permission comes back as a problem with its fix. */
export async function checkCluster({ api, io }: Session): Promise<Check[]> {
  const query = { limit: 1 }
  const page = await api.get('/resources', ResourcePage.extend(Silent), {
    query,
    signal: io.interrupted,
  })
  const silent = page.unavailable.map(({ group, reason }): Check => ({
    name: 'cluster',
    state: 'warn',
    detail: `group ${group} does not answer: ${reason}`,
  }))
  const detail = page.data.length > 0 ? 'answers and may be read' : 'answers, but offers no type'
  const state = page.data.length > 0 ? 'ok' : 'warn'
  return [{ name: 'cluster', state, detail }, ...silent, ...leftOut(page.warnings)]
}

const MOST_WARNINGS = 10

/** Files and definitions of a manifest folder that are not read. */
function leftOut(warnings: string[]): Check[] {
  const left = warnings.length - MOST_WARNINGS
  const lines = left > 0 ? [...warnings.slice(0, MOST_WARNINGS), `and ${left} more`] : warnings
  return lines.map((detail) => ({ name: 'cluster', state: 'warn', detail }))
}

const Silent = {
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })).default([]),
  warnings: z.array(z.string()).default([]),
}

export async function checkWorkers({ api, io }: Session): Promise<Check[]> {
  const signal = io.interrupted
  const { data } = await api.get('/workers', z.object({ data: z.array(WorkerStatus) }), { signal })
  const slots = data.reduce((sum, { concurrency }) => sum + concurrency, 0)
  if (data.length > 0) {
    return [{ name: 'workers', state: 'ok', detail: `${data.length}, ${slots} types at a time` }]
  }
  const fix = 'Start one: node apps/worker/src/main.ts, or scale the worker deployment.'
  return [{ name: 'workers', state: 'bad', detail: 'none is running, so scans wait', fix }]
}

export async function checkProvider(session: Session): Promise<Check[]> {
  const data = await readProviders(session)
  const usual = data.find((provider) => provider.default)
  if (usual && !usual.demo && usual.configured) return checkEndpoint(session, usual)
  const detail = usual?.demo
    ? 'demo rules answer, no model'
    : `no worker serves ${usual?.id ?? 'any'}`
  const fix = 'Give the workers ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL.'
  return [{ name: 'provider', state: usual?.demo ? 'warn' : 'bad', detail, fix }]
}

/** One line for each model of an account that refuses all calls until a person acts. */
export async function checkFaults(session: Session): Promise<Check[]> {
  return (await readProviders(session)).flatMap(({ id, accounts }) =>
    accounts.flatMap(({ name, model, health }): Check[] => {
      const { state, fault } = health ?? {}
      if (!fault || (state !== 'misconfigured' && state !== 'refused')) return []
      const detail = `${id}/${model} account ${name}: ${fault.title}`
      return [{ name: 'provider', state: 'bad', detail, fix: fault.hint }]
    }),
  )
}

/** What its list of models says first: without a model to ask there is nothing to try a key with. */
async function checkEndpoint(session: Session, provider: ProviderView): Promise<Check[]> {
  const { id, models, problem } = provider
  const named = problem === null ? [] : [problemCheck(problem, models.length > 0)]
  const place = provider.endpoints.map((endpoint): Check => {
    const detail = `${id} is asked at ${endpoint}, model ${models[0] ?? 'not known'}`
    return { name: 'provider', state: 'ok', detail }
  })
  if (models.length === 0) return named
  return [...place, ...named, ...(await checkKeys(session, provider))]
}

function problemCheck({ detail, hint }: EndpointProblem, hasModel: boolean): Check {
  return { name: 'provider', state: hasModel ? 'warn' : 'bad', detail, fix: hint }
}

/** One line for each pause and open circuit breaker, with the command that ends it. */
export async function checkPauses(session: Session): Promise<Check[]> {
  return listPausedAccounts(await readProviders(session)).map((paused) => {
    const words = [paused.provider, '--account', paused.account, '--model', paused.model]
    const fix = `${session.program} resume --provider ${words.map(shellWord).join(' ')}`
    return { name: 'provider', state: 'warn', detail: pauseText(paused), fix }
  })
}

async function readProviders({ api, io }: Session): Promise<ProviderView[]> {
  return (await api.get('/providers', ProviderList, { signal: io.interrupted })).data
}
