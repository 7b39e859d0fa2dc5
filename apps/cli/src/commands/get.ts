import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { Schedule } from '@capstan/shared/contract/scan/schedule'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Query } from '../client/api-client.ts'
import { readPages } from '../client/read-pages.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printList, printTable } from '../output/print-list.ts'
import type { Session } from '../session.ts'
import {
  capabilityColumns,
  pausedColumns,
  providerColumns,
  resourceColumns,
  scanColumns,
  scheduleColumns,
  workerColumns,
} from './columns.ts'
import { listPausedAccounts } from './paused-accounts.ts'
import { ProviderList, ResourceView } from './views.ts'

export interface GetOptions {
  limit?: number
  cluster?: string
  status?: string
  label?: Record<string, string>
  group?: string
  crd?: boolean
  capability?: string
  provider?: string
  complexity?: string
  minConfidence?: number
  stale?: boolean
  lowConfidence?: boolean
  suspicious?: boolean
}

/** Scans, newest first; fifty unless told otherwise. */
export async function getScans(session: Session, options: GetOptions): Promise<ExitCode> {
  const labels = Object.entries(options.label ?? {}).map(([name, value]) => [
    `label.${name}`,
    value,
  ])
  const query: Query = {
    status: options.status,
    cluster: options.cluster,
    ...Object.fromEntries(labels),
  }
  await printList(session, pages(session, '/scans', Scan, query, options.limit ?? 50), {
    columns: scanColumns(Date.now()),
    name: ({ id }) => id,
    empty: `No such scan. Start one: ${session.program} scan`,
  })
  return EXIT.ok
}

/** What the cluster offers right now, beside what is known of it. */
export async function getResources(
  session: Session,
  part: string | undefined,
  options: GetOptions,
): Promise<ExitCode> {
  const { cluster, group, crd, capability, limit } = options
  const query = { q: part, cluster, group, crd, capability }
  await printList(session, pages(session, '/resources', ResourceView, query, limit), {
    columns: resourceColumns,
    name: ({ resource }) => resource,
    empty: 'The cluster has no such type.',
  })
  return EXIT.ok
}

/** What was found so far. */
export async function getCapabilities(session: Session, options: GetOptions): Promise<ExitCode> {
  const { cluster, group, provider, complexity, limit } = options
  const { minConfidence, stale, lowConfidence, suspicious } = options
  const about = { cluster, group, provider, complexity }
  const query = { ...about, minConfidence, stale, lowConfidence, suspicious }
  await printList(session, pages(session, '/capabilities', Capability, query, limit), {
    columns: capabilityColumns,
    name: ({ resource }) => resource,
    empty: `Nothing is known that fits. Find out: ${session.program} scan`,
  })
  return EXIT.ok
}

export async function getWorkers(session: Session): Promise<ExitCode> {
  await printList(session, one(session, '/workers', WorkerStatus), {
    columns: workerColumns(Date.now()),
    name: ({ id }) => id,
    empty: 'No worker is running: scans wait until one is.',
  })
  return EXIT.ok
}

export async function getSchedules(session: Session): Promise<ExitCode> {
  await printList(session, one(session, '/schedules', Schedule), {
    columns: scheduleColumns,
    name: ({ name }) => name,
    empty: `There is no schedule. Make one: ${session.program} schedule set nightly --cron '0 3 * * *'`,
  })
  return EXIT.ok
}

/** Providers, and in a second table what of them is paused. */
export async function getProviders(session: Session): Promise<ExitCode> {
  const { api, io, format } = session
  const { data } = await api.get('/providers', ProviderList, { signal: io.interrupted })
  await printList(session, [data], {
    columns: providerColumns,
    name: ({ id }) => id,
    empty: 'The server knows no provider.',
  })
  const isTable = format === undefined || format === 'wide'
  const paused = listPausedAccounts(data)
  if (!isTable || paused.length === 0) return EXIT.ok
  io.out('\n')
  printTable(session, paused, pausedColumns)
  return EXIT.ok
}

function pages<S extends z.ZodType>(
  session: Session,
  path: string,
  item: S,
  ...[query, limit]: [query: Query, limit: number | undefined]
): AsyncGenerator<z.infer<S>[]> {
  const signal = session.io.interrupted
  return readPages(session.api, path, item, {
    query,
    signal,
    ...(limit === undefined ? {} : { limit }),
  })
}

/** A list that comes whole. */
async function* one<S extends z.ZodType>(
  { api, io }: Session,
  path: string,
  item: S,
): AsyncGenerator<z.infer<S>[]> {
  const { data } = await api.get(path, z.object({ data: z.array(item) }), {
    signal: io.interrupted,
  })
  yield data
}
