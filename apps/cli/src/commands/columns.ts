import type { Capability } from '@capstan/shared/contract/capability'
import type { Schedule } from '@capstan/shared/contract/schedule'
import type { Scan } from '@capstan/shared/contract/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Column } from '../output/table.ts'
import { age } from '../output/units.ts'
import { costOf } from '../watch/live-lines.ts'
import type { ProviderView, ResourceView } from './views.ts'

export function scanColumns(nowMs: number): Column<Scan>[] {
  return [
    { title: 'SCAN', value: ({ id }) => id },
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'CLUSTER', value: ({ cluster }) => cluster },
    { title: 'TYPES', value: ({ progress }) => String(progress.total ?? '?'), align: 'right' },
    { title: 'OK', value: ({ progress }) => String(progress.succeeded), align: 'right' },
    { title: 'FAILED', value: ({ progress }) => String(progress.failed), align: 'right' },
    { title: 'UNCHANGED', value: ({ progress }) => String(progress.skipped), align: 'right' },
    { title: 'MODEL', value: ({ provider, model }) => `${provider}/${model}`, wide: true },
    { title: 'COST', value: ({ demo, usage }) => (demo ? '' : costOf(usage)), wide: true },
    { title: 'BY', value: ({ createdBy }) => createdBy, wide: true },
    { title: 'LABELS', value: ({ labels }) => pairs(labels), wide: true },
    { title: 'AGE', value: ({ createdAt }) => age(createdAt, nowMs) },
  ]
}

export const scheduleColumns: Column<Schedule>[] = [
  { title: 'SCHEDULE', value: ({ name }) => name },
  { title: 'CRON', value: ({ cron }) => cron },
  { title: 'TIME ZONE', value: ({ timeZone }) => timeZone },
  { title: 'NEXT RUN', value: ({ paused, nextRunAt }) => (paused ? 'paused' : (nextRunAt ?? '')) },
  { title: 'LAST SCAN', value: ({ lastRun }) => lastRun?.scanId ?? lastRun?.problem ?? '' },
  { title: 'TYPES', value: ({ scan }) => scan.include.join(','), wide: true },
  { title: 'CLUSTER', value: ({ scan }) => scan.cluster, wide: true },
  { title: 'BY', value: ({ createdBy }) => createdBy, wide: true },
]

export const resourceColumns: Column<ResourceView>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'VERSION', value: ({ version }) => version },
  { title: 'SCOPE', value: ({ scope }) => scope },
  { title: 'ORIGIN', value: ({ origin }) => origin, wide: true },
  { title: 'SHORT', value: ({ shortNames }) => shortNames.join(','), wide: true },
  { title: 'VERBS', value: ({ verbs }) => verbs.join(','), wide: true },
  { title: 'KNOWN', value: ({ capability }) => capability },
]

export const capabilityColumns: Column<Capability>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'COMPLEXITY', value: ({ complexity }) => complexity },
  { title: 'CONFIDENCE', value: confidence, align: 'right' },
  { title: 'CLUSTER', value: ({ cluster }) => cluster, wide: true },
  { title: 'PROVIDERS', value: ({ providers }) => providers.join(', '), wide: true },
  { title: 'MODEL', value: ({ provenance }) => provenance.model, wide: true },
  { title: 'STALE', value: ({ stale }) => (stale ? 'stale' : ''), wide: true },
  { title: 'OVERRIDE', value: ({ override }) => override?.by ?? '', wide: true },
  { title: 'CAPABILITIES', value: ({ capabilities }) => capabilities.join(', ') },
]

/** A `?` asks a person to look: the answer is not well supported. */
function confidence({ confidence: value, lowConfidence }: Capability): string {
  return `${value.toFixed(2)}${lowConfidence ? '?' : ''}`
}

export function workerColumns(nowMs: number): Column<WorkerStatus>[] {
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
    { title: 'SEEN', value: ({ lastSeen }) => `${age(lastSeen, nowMs)} ago` },
    { title: 'AGE', value: ({ startedAt }) => age(startedAt, nowMs) },
  ]
}

export const providerColumns: Column<ProviderView>[] = [
  { title: 'PROVIDER', value: ({ id }) => id },
  {
    title: 'STATE',
    value: ({ configured }) => (configured ? 'configured' : 'no worker serves it'),
  },
  { title: 'DEFAULT', value: (provider) => (provider.default ? 'yes' : '') },
  { title: 'WORKERS', value: ({ workers }) => String(workers), align: 'right' },
  { title: 'ANSWERS', value: ({ demo }) => (demo ? 'rules, no model' : 'model') },
  { title: 'MODELS', value: ({ models }) => models.join(', ') },
]

function pairs(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}
