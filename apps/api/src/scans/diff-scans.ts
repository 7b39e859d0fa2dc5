import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { AppError } from '@capstan/shared/errors'
import type { ScanFinding, Journal } from '@capstan/scan-store/journal/types'
import { isInUnavailableGroup } from '../removals/compare-with-discovery.ts'
import { requireScan } from './require-scan.ts'

type DiffDeps = { journal: Pick<Journal, 'scan' | 'scans' | 'findings'> }

/**
 * Compares a scan with an earlier scan, by default the previous one of the same cluster and patterns. AppError
 * NOT_FOUND; WRONG_STATE when a scan has no plan or the clusters differ.
 */
export async function diffScans(
  deps: DiffDeps,
  scanId: string,
  against: string,
): Promise<ScanDiff> {
  const scan = await requireScan(deps, scanId)
  const other =
    against === 'previous' ? await findPrevious(deps, scan) : await requireScan(deps, against)
  requireComparable(scan, other)
  const [now, before] = await Promise.all([
    deps.journal.findings(scan.id),
    deps.journal.findings(other.id),
  ])
  const sameChoice = serializePatterns(scan) === serializePatterns(other)
  const { known: added, unknown: appeared } = listMissing(
    now,
    before,
    sameChoice ? other : undefined,
  )
  const { known: removed, unknown: left } = listMissing(before, now, sameChoice ? scan : undefined)
  const { changed, answersChanged, unchanged } = compare(now, before)
  return {
    scan: scan.id,
    against: other.id,
    cluster: scan.cluster,
    sameChoice,
    added,
    removed,
    changed,
    answersChanged,
    unknown: [...appeared, ...left].toSorted(),
    unchanged,
  }
}

async function findPrevious({ journal }: DiffDeps, scan: Scan): Promise<Scan> {
  let cursor: string | undefined
  do {
    const { data, page } = await journal.scans({
      cluster: scan.cluster,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    })
    const found = data.find((one) => one.id < scan.id && isComparable(one, scan))
    if (found) return found
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  throw new AppError('NOT_FOUND', 'No earlier scan of this cluster has the same patterns', {
    hint: 'Select a scan with ?against=scan_…. Scans are kept for 30 days.',
  })
}

function isComparable(one: Scan, scan: Scan): boolean {
  return (
    one.done && one.progress.total !== null && serializePatterns(one) === serializePatterns(scan)
  )
}

function serializePatterns({ include, exclude }: Scan): string {
  return JSON.stringify([include.toSorted(), exclude.toSorted()])
}

function requireComparable(scan: Scan, other: Scan): void {
  const unplanned = [scan, other].find(({ progress }) => progress.total === null)
  if (unplanned) {
    throw new AppError('WRONG_STATE', `${unplanned.id} has no plan to compare`, {
      hint: 'Wait until the scan is planned. A scan whose planning failed never gets a plan.',
    })
  }
  if (scan.cluster === other.cluster) return
  throw new AppError('WRONG_STATE', `${other.id} scanned another cluster, ${other.cluster}`, {
    hint: 'Compare scans of the same cluster.',
  })
}

/**
 * Lists types of `here` that are missing in `there`. A type is unknown when the group did not answer in the other scan.
 */
function listMissing(
  here: Map<string, ScanFinding>,
  there: Map<string, ScanFinding>,
  other: Scan | undefined,
): { known: string[]; unknown: string[] } {
  if (!other) return { known: [], unknown: [] }
  const only = [...here.keys()].filter((name) => !there.has(name)).toSorted()
  const isUnknown = (name: string): boolean => isInUnavailableGroup(name, other.unavailable)
  return { known: only.filter((name) => !isUnknown(name)), unknown: only.filter(isUnknown) }
}

function compare(now: Map<string, ScanFinding>, before: Map<string, ScanFinding>) {
  const changed: string[] = []
  const answersChanged: string[] = []
  let unchanged = 0
  for (const [name, finding] of [...now].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const old = before.get(name)
    if (!old) continue
    const isChanged = finding.definition !== old.definition
    const hasNewAnswer = isAnswerChanged(finding, old)
    if (isChanged) changed.push(name)
    if (hasNewAnswer) answersChanged.push(name)
    if (!isChanged && !hasNewAnswer) unchanged += 1
  }
  return { changed, answersChanged, unchanged }
}

/** A type that was skipped as unchanged has no answer of its own; then the content keys are compared. */
function isAnswerChanged(now: ScanFinding, before: ScanFinding): boolean {
  if (now.status !== 'succeeded') return false
  if (now.answer !== undefined && before.answer !== undefined) return now.answer !== before.answer
  return now.contentKey !== before.contentKey
}
