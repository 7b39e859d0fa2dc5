import { listSome } from '@capstan/shared/text/list-some'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import { createScanId } from '@capstan/shared/scan-id'
import { discoverTypes } from '../../clusters/find-types.ts'
import { openCluster } from '../../clusters/open-cluster.ts'
import { startScan } from '../../scans/start-scan.ts'
import { resolveNames } from './resolve-names.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import type { CompatSession } from './session-store.ts'

/** Cluster and types of a session. */
export interface SessionRequest {
  cluster: string | undefined
  names: 'all' | string[]
}

/**
 * Starts the scan of a session and returns once the scan is in the journal. AppError CLUSTER_… or UNKNOWN_RESOURCES
 * when no type can be scanned; nothing is stored then.
 */
export async function startSession(
  deps: CompatDeps,
  session: CompatSession,
  { cluster, names }: SessionRequest,
  caller: Caller,
): Promise<CompatSession> {
  return deps.work.starts.run(() => beginSession(deps, session, { cluster, names }, caller))
}

async function beginSession(
  deps: CompatDeps,
  session: CompatSession,
  { cluster, names }: SessionRequest,
  caller: Caller,
): Promise<CompatSession> {
  const { include, unknown } =
    names === 'all'
      ? { include: ['*'], unknown: [] }
      : await resolveNames(await discoverTypes(openCluster(deps, cluster), caller.signal), names)
  if (include.length === 0) throw unknownNamesError(unknown.map(({ resource }) => resource))
  const scan = await startOrJoin(deps, cluster, include, caller)
  return deps.sessions.save({
    ...session,
    step: 'scanning',
    scanId: scan.id,
    requested: names,
    unknown,
  })
}

/** Returns a running scan with the same types, else starts a new one, in parallel if needed. */
async function startOrJoin(
  deps: CompatDeps,
  cluster: string | undefined,
  include: string[],
  { by, signal, ...caller }: Caller,
): Promise<Scan> {
  const { name } = openCluster(deps, cluster)
  const request = {
    // Controllers send longer lists than REST allows.
    ...ScanRequest.parse({ cluster, labels: { compat: 'dot-ai' } }),
    include,
  }
  const running = await findRunningScan(deps, name, include)
  if (running) return running
  const first = await startScan(deps, request, { scanId: createScanId(), by, caller }, signal)
  if (!first.joined || coversRequest(first.scan, name, include)) return first.scan
  const beside = { ...request, onConflict: 'parallel' as const }
  return (await startScan(deps, beside, { scanId: createScanId(), by, caller }, signal)).scan
}

async function findRunningScan(
  { journal }: CompatDeps,
  cluster: string,
  include: string[],
): Promise<Scan | undefined> {
  for (const id of await journal.activeScanIds()) {
    const scan = await journal.scan(id)
    if (scan && coversRequest(scan, cluster, include)) return scan
  }
  return undefined
}

/**
 * Returns whether a running scan covers the request. Controllers send lists after changes, so a scan that has already
 * read the definitions would miss them. A parallel scan reuses the answers of that scan.
 */
function coversRequest(scan: Scan, cluster: string, include: string[]): boolean {
  const isOpen = !scan.done && scan.status !== 'canceling'
  const isSame = scan.cluster === cluster && scan.exclude.length === 0 && hasSameList(scan, include)
  return isOpen && isSame && (include.includes('*') || scan.status === 'discovering')
}

function hasSameList({ include }: Scan, other: string[]): boolean {
  const names = new Set(other)
  return include.length === names.size && include.every((one) => names.has(one))
}

function unknownNamesError(names: string[]): AppError {
  return new AppError('UNKNOWN_RESOURCES', `The cluster has none of: ${listSome(names)}`, {
    hint: 'Use `Kind.group`, or `Kind` for core types. GET /api/v1/resources lists the types.',
  })
}
