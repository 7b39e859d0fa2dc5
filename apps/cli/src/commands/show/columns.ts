import type { AuditEntry } from '@capstan/shared/contract/login/audit-entry'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { Schedule } from '@capstan/shared/contract/scan/schedule'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Column } from '../../output/format-table.ts'
import { formatAge } from '@capstan/shared/text/units'
import { formatCost } from '../../watch/format-live-region.ts'
import type { PausedAccount } from '../paused-accounts.ts'
import type { ProviderRow, ResourceRow } from '../response-schemas.ts'

export function buildScanColumns(nowMs: number): Column<Scan>[] {
  return [
    { title: 'SCAN', value: ({ id }) => id },
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'CLUSTER', value: ({ cluster }) => cluster },
    { title: 'TYPES', value: ({ progress }) => String(progress.total ?? '?'), align: 'right' },
    { title: 'OK', value: ({ progress }) => String(progress.succeeded), align: 'right' },
    { title: 'FAILED', value: ({ progress }) => String(progress.failed), align: 'right' },
    {
      title: 'UNCHANGED',
      value: ({ progress, failures }) => String(progress.skipped - failures.discarded),
      align: 'right',
    },
    { title: 'MODEL', value: ({ provider, model }) => `${provider}/${model}`, wide: true },
    { title: 'COST', value: ({ demo, usage }) => (demo ? '' : formatCost(usage)), wide: true },
    { title: 'BY', value: ({ createdBy }) => createdBy, wide: true },
    { title: 'LABELS', value: ({ labels }) => formatPairs(labels), wide: true },
    { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt, nowMs) },
  ]
}

export const scheduleColumns: Column<Schedule>[] = [
  { title: 'SCHEDULE', value: ({ name }) => name },
  { title: 'CRON', value: ({ cron }) => cron },
  { title: 'TIME ZONE', value: ({ timeZone }) => timeZone },
  { title: 'NEXT RUN', value: ({ paused, nextRunAt }) => (paused ? 'paused' : (nextRunAt ?? '')) },
  { title: 'LAST SCAN', value: ({ lastRun }) => formatLastRun(lastRun) },
  { title: 'TYPES', value: ({ scan }) => scan.include.join(','), wide: true },
  { title: 'CLUSTER', value: ({ scan }) => scan.cluster ?? 'default', wide: true },
  { title: 'BY', value: ({ createdBy }) => createdBy, wide: true },
]

function formatLastRun(run: Schedule['lastRun']): string {
  if (run === null) return ''
  return run.waiting ? `waiting: ${run.problem ?? ''}` : (run.scanId ?? run.problem ?? '')
}

export const auditColumns: Column<AuditEntry>[] = [
  { title: 'TIME', value: ({ at }) => at },
  { title: 'BY', value: ({ principal }) => principal ?? '' },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'TARGET', value: ({ target }) => target ?? '' },
  { title: 'DETAIL', value: ({ detail }) => detail ?? '' },
  { title: 'ROLE', value: ({ role }) => role ?? '', wide: true },
  { title: 'ADDRESS', value: ({ address }) => address ?? '', wide: true },
  { title: 'REQUEST', value: ({ requestId }) => requestId ?? '', wide: true },
]

export const resourceColumns: Column<ResourceRow>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'VERSION', value: ({ version }) => version },
  { title: 'SCOPE', value: ({ scope }) => scope },
  { title: 'ORIGIN', value: ({ origin }) => origin, wide: true },
  { title: 'SHORT', value: ({ shortNames }) => shortNames.join(','), wide: true },
  { title: 'VERBS', value: ({ verbs }) => verbs.join(','), wide: true },
  { title: 'KNOWN', value: ({ capability }) => capability },
]

export const capabilityColumns: Column<CapabilityView>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'COMPLEXITY', value: ({ complexity }) => complexity },
  { title: 'CONFIDENCE', value: formatConfidence, align: 'right' },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'CLUSTER', value: ({ cluster }) => cluster, wide: true },
  { title: 'PROVIDERS', value: ({ providers }) => providers.join(', '), wide: true },
  { title: 'MODEL', value: ({ provenance }) => provenance.model, wide: true },
  { title: 'STALE', value: ({ stale }) => (stale ? 'stale' : ''), wide: true },
  { title: 'OVERRIDE', value: ({ override }) => override?.by ?? '', wide: true },
  { title: 'CAPABILITIES', value: ({ capabilities }) => capabilities.join(', ') },
]

/** A `?` marks an answer with low confidence. */
function formatConfidence({ confidence: value, lowConfidence }: CapabilityView): string {
  return `${value.toFixed(2)}${lowConfidence ? '?' : ''}`
}

export function buildWorkerColumns(nowMs: number): Column<WorkerStatus>[] {
  return [
    { title: 'WORKER', value: ({ id }) => id },
    {
      title: 'ACTIVE',
      value: ({ active, concurrency }) => `${active}/${concurrency}`,
      align: 'right',
    },
    { title: 'STATE', value: ({ draining }) => (draining ? 'draining' : 'working') },
    { title: 'HOST', value: ({ host }) => host, wide: true },
    { title: 'PID', value: ({ pid }) => String(pid), align: 'right', wide: true },
    { title: 'VERSION', value: ({ version }) => version, wide: true },
    {
      title: 'PROVIDERS',
      value: ({ providers }) => providers.map(({ provider }) => provider).join(','),
    },
    { title: 'SEEN', value: ({ lastSeen }) => `${formatAge(lastSeen, nowMs)} ago` },
    { title: 'AGE', value: ({ startedAt }) => formatAge(startedAt, nowMs) },
  ]
}

export const providerColumns: Column<ProviderRow>[] = [
  { title: 'PROVIDER', value: ({ id }) => id },
  { title: 'STATE', value: describeProviderState },
  { title: 'DEFAULT', value: (provider) => (provider.default ? 'yes' : '') },
  { title: 'WORKERS', value: ({ workers }) => String(workers), align: 'right' },
  { title: 'ANSWERS', value: ({ demo }) => (demo ? 'rule-based' : 'model') },
  { title: 'ACCOUNTS', value: formatHeadroom, wide: true },
  { title: 'DIALECT', value: describeDialects, wide: true },
  { title: 'MODELS', value: ({ models }) => models.join(', ') },
]

export const pausedColumns: Column<PausedAccount>[] = [
  { title: 'PAUSED', value: ({ provider, model }) => `${provider}/${model}` },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'UNTIL', value: ({ until }) => until },
  { title: 'CAUSE', value: ({ reason }) => reason },
]

/** A provider is shown as blocked when each of its accounts is blocked. */
function describeProviderState({ configured, accounts }: ProviderRow): string {
  if (!configured) return 'no worker serves it'
  const [obstacle] = accounts.map(describeBlock)
  return accounts.every((account) => describeBlock(account))
    ? (obstacle ?? 'configured')
    : 'configured'
}

type Account = ProviderRow['accounts'][number]

function describeBlock({ breaker, paused }: Account): string | undefined {
  if (breaker.state !== 'closed') return `circuit breaker ${breaker.state}`
  return paused ? 'paused' : undefined
}

/** Lists each account once. Paused models have a table of their own. */
function formatHeadroom({ accounts }: ProviderRow): string {
  const isFirst = ({ name }: Account, index: number): boolean =>
    accounts.findIndex((one) => one.name === name) === index
  return accounts
    .filter((account, index) => account.until === null || isFirst(account, index))
    .map(formatAccountHeadroom)
    .join('; ')
}

/** For example `work: 3 of 40 calls, 12 of 50 requests`. */
function formatAccountHeadroom({ name, concurrency, limits }: Account): string {
  const calls = `${concurrency.inFlight} of ${Math.floor(concurrency.limit)} calls`
  const left = Object.entries(limits).map(
    ([what, { available, limit }]) => `${Math.floor(available)} of ${limit} ${what} left`,
  )
  return `${name}: ${[calls, ...left].join(', ')}`
}

/** For example `local/qwen3: json_object, max_tokens, system`, for each model that has answered. */
function describeDialects({ accounts }: ProviderRow): string {
  return accounts
    .flatMap(({ name, model, dialect }) =>
      dialect ? [`${name}/${model}: ${dialect.output}, ${dialect.limit}, ${dialect.system}`] : [],
    )
    .join('; ')
}

function formatPairs(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}
