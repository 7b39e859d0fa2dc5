import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import { note, type Session } from '../session.ts'
import { readEnd, tellEnd, tellHeldUp, tellLeft, watchScan } from '../watch/watch-scan.ts'

export type FailOn = 'any' | 'all' | 'none'

export interface AttachOptions {
  timeoutMs?: number
  /** Longest time that the scan may be paused or held up. */
  maxWaitMs?: number
  failOn?: FailOn
}

/**
 * Watches a scan to its end and prints how it ended: on stderr for people, on stdout where asked for. Of a scan that a start
 * joined and that has more types than requested, only the requested ones count, for the wait as for the exit code.
 */
export async function attachToScan(
  session: Session,
  { joined, ...scan }: StartedScan,
  { timeoutMs, maxWaitMs, failOn = 'any' }: AttachOptions,
): Promise<ExitCode> {
  const resources = joined?.resources
  const watched = scan.done
    ? await readEnd(session, { scan, ended: true }, resources)
    : await watchScan(session, scan, { timeoutMs, maxWaitMs, resources })
  switch (watched.outcome) {
    case 'interrupted':
      tellLeft(session, watched.scan, 'Left.')
      return EXIT.interrupted
    case 'timeout':
      tellLeft(session, watched.scan, 'The time is up.')
      return EXIT.timeout
    case 'needs-person':
      tellHeldUp(session, watched.scan)
      printScan(session, joined ? { ...watched.scan, joined } : watched.scan)
      return EXIT.needsPerson
    case 'finished':
      await tellEnd(session, watched.scan, watched.items)
      printScan(session, joined ? { ...watched.scan, joined } : watched.scan)
      return exitOf(watched.scan, failOn)
  }
}

/** People have read it on stderr; a program gets it when it asks, or when it reads the events there. */
function printScan(session: Session, scan: StartedScan): void {
  const asked = session.format === 'wide' ? undefined : session.format
  const format = asked ?? (session.progress === 'json' ? 'json' : undefined)
  if (format === undefined) return note(session, '')
  printOne({ ...session, format }, scan, { name: scan.id, forPeople: () => '' })
}

/** What the end of a scan means to a script. */
export function exitOf({ status, progress }: Scan, failOn: FailOn): ExitCode {
  if (failOn === 'none') return EXIT.ok
  if (status === 'failed' || status === 'canceled') return EXIT.failures
  return failOn === 'any' && progress.failed > 0 ? EXIT.failures : EXIT.ok
}
