import { listSome } from '@capstan/shared/text/list-some'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import { createScanId } from '@capstan/shared/scan-id'
import { discover } from '../../clusters/find-types.ts'
import { openCluster } from '../../clusters/open-cluster.ts'
import { startScan } from '../../scans/start-scan.ts'
import { resolveNames } from './resolve-names.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import type { Session } from './session-store.ts'

/** Where the session runs, and what it is about. */
export interface Wanted {
  cluster: string | undefined
  names: 'all' | string[]
}

/**
 * Makes a scan of a session: looks at the cluster, opens the journal, and returns while everything else happens
 * elsewhere. AppError CLUSTER_… or UNKNOWN_RESOURCES when nothing can be scanned; then nothing is stored.
 */
export async function startSession(
  deps: CompatDeps,
  session: Session,
  { cluster, names }: Wanted,
  caller: Caller,
): Promise<Session> {
  return deps.work.starts.run(() => beginSession(deps, session, { cluster, names }, caller))
}

async function beginSession(
  deps: CompatDeps,
  session: Session,
  { cluster, names }: Wanted,
  caller: Caller,
): Promise<Session> {
  const { include, unknown } =
    names === 'all'
      ? { include: ['*'], unknown: [] }
      : await resolveNames(await discover(openCluster(deps, cluster), caller.signal), names)
  if (include.length === 0) throw nothingKnown(unknown.map(({ resource }) => resource))
  const scan = await scanOf(deps, cluster, include, caller)
  return deps.sessions.save({
    ...session,
    step: 'scanning',
    scanId: scan.id,
    asked: names,
    unknown,
  })
}

/** The scan that runs already and will find the same, else a new one, beside others if need be. */
async function scanOf(
  deps: CompatDeps,
  cluster: string | undefined,
  include: string[],
  { by, signal }: Caller,
): Promise<Scan> {
  const { name } = openCluster(deps, cluster)
  const request = {
    // Longer lists than REST allows are what the controller sends.
    ...ScanRequest.parse({ cluster, labels: { compat: 'dot-ai' } }),
    include,
  }
  const running = await runningScan(deps, name, include)
  if (running) return running
  const first = await startScan(deps, request, { scanId: createScanId(), by }, signal)
  if (!first.joined || serves(first.scan, name, include)) return first.scan
  const beside = { ...request, onConflict: 'parallel' as const }
  return (await startScan(deps, beside, { scanId: createScanId(), by }, signal)).scan
}

async function runningScan(
  { journal }: CompatDeps,
  cluster: string,
  include: string[],
): Promise<Scan | undefined> {
  for (const id of await journal.activeScanIds()) {
    const scan = await journal.scan(id)
    if (scan && serves(scan, cluster, include)) return scan
  }
  return undefined
}

/**
 * A list is sent because of a change, so a scan that has read the definitions before would miss it. What such a scan
 * pays for is not paid again by the one beside it.
 */
function serves(scan: Scan, cluster: string, include: string[]): boolean {
  const open = !scan.done && scan.status !== 'canceling'
  const same = scan.cluster === cluster && scan.exclude.length === 0 && sameList(scan, include)
  return open && same && (include.includes('*') || scan.status === 'discovering')
}

function sameList({ include }: Scan, other: string[]): boolean {
  const wanted = new Set(other)
  return include.length === wanted.size && include.every((one) => wanted.has(one))
}

function nothingKnown(names: string[]): AppError {
  return new AppError('UNKNOWN_RESOURCES', `The cluster offers none of: ${listSome(names)}`, {
    hint: 'Name types as `Kind.group`, core types as `Kind`; GET /api/v1/resources lists them.',
  })
}
