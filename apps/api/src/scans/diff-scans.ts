import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { AppError } from '@capstan/shared/errors'
import type { ScanFinding, Journal } from '@capstan/scan-store/journal/types'
import { isOfSilentGroup } from '../removals/compare-with-discovery.ts'
import { readScan } from './read-scan.ts'

type DiffDeps = { journal: Pick<Journal, 'scan' | 'scans' | 'findings'> }

/**
 * Compares a scan with an older one, or with the one before it of the same cluster and patterns. AppError NOT_FOUND,
 * or WRONG_STATE when one of them has no plan or they are of different clusters.
 */
export async function diffScans(
  deps: DiffDeps,
  scanId: string,
  against: string,
): Promise<ScanDiff> {
  const scan = await readScan(deps, scanId)
  const other = against === 'previous' ? await previous(deps, scan) : await readScan(deps, against)
  expectComparable(scan, other)
  const [now, before] = await Promise.all([
    deps.journal.findings(scan.id),
    deps.journal.findings(other.id),
  ])
  const sameChoice = chosenBy(scan) === chosenBy(other)
  const { known: added, unknown: appeared } = onlyIn(now, before, sameChoice ? other : undefined)
  const { known: removed, unknown: left } = onlyIn(before, now, sameChoice ? scan : undefined)
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

async function previous({ journal }: DiffDeps, scan: Scan): Promise<Scan> {
  let cursor: string | undefined
  do {
    const { data, page } = await journal.scans({
      cluster: scan.cluster,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    })
    const found = data.find((one) => one.id < scan.id && isLike(one, scan))
    if (found) return found
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  throw new AppError(
    'NOT_FOUND',
    'No earlier scan of this cluster chose its types by the same patterns',
    {
      hint: 'Name one with ?against=scan_…; scans are kept for 30 days.',
    },
  )
}

function isLike(one: Scan, scan: Scan): boolean {
  return one.done && one.progress.total !== null && chosenBy(one) === chosenBy(scan)
}

function chosenBy({ include, exclude }: Scan): string {
  return JSON.stringify([include.toSorted(), exclude.toSorted()])
}

function expectComparable(scan: Scan, other: Scan): void {
  const unplanned = [scan, other].find(({ progress }) => progress.total === null)
  if (unplanned) {
    throw new AppError('WRONG_STATE', `${unplanned.id} has no plan to compare`, {
      hint: 'Wait until it has one; a scan that failed while it was planned never gets one.',
    })
  }
  if (scan.cluster === other.cluster) return
  throw new AppError('WRONG_STATE', `${other.id} is of another cluster, ${other.cluster}`, {
    hint: 'Compare scans of one cluster.',
  })
}

/** Types that `here` has and `there` lacks; unknown when the other scan heard nothing of their group. */
function onlyIn(
  here: Map<string, ScanFinding>,
  there: Map<string, ScanFinding>,
  other: Scan | undefined,
): { known: string[]; unknown: string[] } {
  if (!other) return { known: [], unknown: [] }
  const only = [...here.keys()].filter((name) => !there.has(name)).toSorted()
  const isUnknown = (name: string): boolean => isOfSilentGroup(name, other.unavailable)
  return { known: only.filter((name) => !isUnknown(name)), unknown: only.filter(isUnknown) }
}

function compare(now: Map<string, ScanFinding>, before: Map<string, ScanFinding>) {
  const result = { changed: [] as string[], answersChanged: [] as string[], unchanged: 0 }
  for (const [name, finding] of [...now].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const old = before.get(name)
    if (!old) continue
    const isChanged = finding.definition !== old.definition
    const isOther = hasOtherAnswer(finding, old)
    if (isChanged) result.changed.push(name)
    if (isOther) result.answersChanged.push(name)
    if (!isChanged && !isOther) result.unchanged += 1
  }
  return result
}

/** A type that was skipped as unchanged has no answer of its own: then the question tells. */
function hasOtherAnswer(now: ScanFinding, before: ScanFinding): boolean {
  if (now.status !== 'succeeded') return false
  if (now.answer !== undefined && before.answer !== undefined) return now.answer !== before.answer
  return now.contentKey !== before.contentKey
}
