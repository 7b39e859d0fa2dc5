import { z } from 'zod'
import type { ShownSource } from '@capstan/shared/contract/answer-source'
import { AuditEntry } from '@capstan/shared/contract/login/audit-entry'
import { CapabilityView } from '@capstan/shared/contract/capability'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { Schedule } from '@capstan/shared/contract/scan/schedule'
import { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { QueryParameters } from '../../client/api-client.ts'
import { readPages } from '../../client/read-pages.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printList, printTable } from '../../output/print-list.ts'
import type { CliSession } from '../../cli-session.ts'
import {
  auditColumns,
  capabilityColumns,
  pausedColumns,
  providerColumns,
  resourceColumns,
  buildScanColumns,
  scheduleColumns,
  buildWorkerColumns,
} from './columns.ts'
import { listPausedAccounts } from '../paused-accounts.ts'
import { ProviderReport, ResourceRow } from '../response-schemas.ts'

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
  source?: ShownSource
  lowConfidence?: boolean
  suspicious?: boolean
}

/** Lists scans, newest first; 50 by default. */
export async function getScans(session: CliSession, options: GetOptions): Promise<ExitCode> {
  const labels = Object.entries(options.label ?? {}).map(([name, value]) => [
    `label.${name}`,
    value,
  ])
  const query: QueryParameters = {
    status: options.status,
    cluster: options.cluster,
    ...Object.fromEntries(labels),
  }
  await printList(session, readListPages(session, '/scans', Scan, query, options.limit ?? 50), {
    columns: buildScanColumns(Date.now()),
    name: ({ id }) => id,
    empty: `No scan matches. Start one: ${session.program} scan`,
  })
  return EXIT.ok
}

/** Lists the types that the cluster currently serves, with the state of their catalog rows. */
export async function getResources(
  session: CliSession,
  part: string | undefined,
  options: GetOptions,
): Promise<ExitCode> {
  const { cluster, group, crd, capability, limit } = options
  const query = { q: part, cluster, group, crd, capability }
  await printList(session, readListPages(session, '/resources', ResourceRow, query, limit), {
    columns: resourceColumns,
    name: ({ resource }) => resource,
    empty: 'No type of the cluster matches.',
  })
  return EXIT.ok
}

/** Lists catalog rows. */
export async function getCapabilities(session: CliSession, options: GetOptions): Promise<ExitCode> {
  const { cluster, group, provider, complexity, limit } = options
  const { source, minConfidence, stale, lowConfidence, suspicious } = options
  const about = { cluster, group, provider, complexity }
  const query = { ...about, source, minConfidence, stale, lowConfidence, suspicious }
  await printList(session, readListPages(session, '/capabilities', CapabilityView, query, limit), {
    columns: capabilityColumns,
    name: ({ resource }) => resource,
    empty: `No capability matches. Scan: ${session.program} scan`,
  })
  return EXIT.ok
}

export async function getWorkers(session: CliSession): Promise<ExitCode> {
  await printList(session, readOne(session, '/workers', WorkerStatus), {
    columns: buildWorkerColumns(Date.now()),
    name: ({ id }) => id,
    empty: 'No worker is running; scans wait for one.',
  })
  return EXIT.ok
}

export async function getSchedules(session: CliSession): Promise<ExitCode> {
  await printList(session, readOne(session, '/schedules', Schedule), {
    columns: scheduleColumns,
    name: ({ name }) => name,
    empty: `There is no schedule. Make one: ${session.program} schedule set nightly --cron '0 3 * * *'`,
  })
  return EXIT.ok
}

/** Lists providers, and pauses in a second table. */
export async function getProviders(session: CliSession): Promise<ExitCode> {
  const { api, io, format } = session
  const { data } = await api.get('/providers', ProviderReport, { signal: io.interrupted })
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

/** Lists changes and who made them, newest first; 50 by default. */
export async function getAudit(session: CliSession, { limit = 50 }: GetOptions): Promise<ExitCode> {
  await printList(session, readListPages(session, '/audit', AuditEntry, {}, limit), {
    columns: auditColumns,
    name: ({ id }) => id,
    empty: 'The server has recorded no change.',
  })
  return EXIT.ok
}

function readListPages<S extends z.ZodType>(
  session: CliSession,
  path: string,
  item: S,
  ...[query, limit]: [query: QueryParameters, limit: number | undefined]
): AsyncGenerator<z.infer<S>[]> {
  const signal = session.io.interrupted
  return readPages(session.api, path, item, {
    query,
    signal,
    ...(limit === undefined ? {} : { limit }),
  })
}

/** A list without pages. */
async function* readOne<S extends z.ZodType>(
  { api, io }: CliSession,
  path: string,
  item: S,
): AsyncGenerator<z.infer<S>[]> {
  const { data } = await api.get(path, z.object({ data: z.array(item) }), {
    signal: io.interrupted,
  })
  yield data
}
