import type { FailOn } from './fail-on.ts'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import {
  readEnd,
  printScanEnd,
  printHeldUpScan,
  printDetachedScan,
  watchScan,
} from '../../watch/watch-scan.ts'

export interface AttachOptions {
  timeoutMs?: number
  /** Maximum time that the scan may be paused or blocked. */
  maxWaitMs?: number
  failOn?: FailOn
}

/**
 * Watches a scan to its end and prints the result: a summary on stderr, the scan on stdout if requested.
 * For a joined scan with more types than requested, only the requested types count for wait and exit code.
 */
export async function attachToScan(
  session: CliSession,
  { joined, ...scan }: StartedScan,
  { timeoutMs, maxWaitMs, failOn = 'any' }: AttachOptions,
): Promise<ExitCode> {
  const resources = joined?.resources
  const watched = scan.done
    ? await readEnd(session, { scan, ended: true }, resources)
    : await watchScan(session, scan, { timeoutMs, maxWaitMs, resources })
  switch (watched.outcome) {
    case 'interrupted':
      printDetachedScan(session, watched.scan, 'Detached.')
      return EXIT.interrupted
    case 'timeout':
      printDetachedScan(session, watched.scan, 'The timeout passed.')
      return EXIT.timeout
    case 'needs-person':
      printHeldUpScan(session, watched.scan)
      printScan(session, joined ? { ...watched.scan, joined } : watched.scan)
      return EXIT.needsPerson
    case 'finished':
      await printScanEnd(session, watched.scan, watched.items)
      printScan(session, joined ? { ...watched.scan, joined } : watched.scan)
      return chooseExitCode(watched.scan, failOn)
  }
}

/** The summary on stderr is enough for people. A program gets the scan with `-o`, or with events on stderr. */
function printScan(session: CliSession, scan: StartedScan): void {
  const requested = session.format === 'wide' ? undefined : session.format
  const format = requested ?? (session.progress === 'json' ? 'json' : undefined)
  if (format === undefined) return printNote(session, '')
  printOne({ ...session, format }, scan, { name: scan.id, forPeople: () => '' })
}

/** Maps the end of a scan to an exit code. */
export function chooseExitCode({ status, progress }: Scan, failOn: FailOn): ExitCode {
  if (failOn === 'none') return EXIT.ok
  if (status === 'failed' || status === 'canceled') return EXIT.failures
  return failOn === 'any' && progress.failed > 0 ? EXIT.failures : EXIT.ok
}
