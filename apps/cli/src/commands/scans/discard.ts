import { Scan } from '@capstan/shared/contract/scan/scan'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { pluralize } from '@capstan/shared/text/units'
import { printNote, type CliSession } from '../../cli-session.ts'
import { findScan } from './find-scan.ts'

/** Marks failed types of a finished scan as skipped: the named types, or all of them. Idempotent. */
export async function runDiscard(
  session: CliSession,
  name: string,
  resources: string[],
): Promise<ExitCode> {
  const before = await findScan(session, name)
  const { id } = before
  const body = { only: resources.length > 0 ? resources : 'failed' }
  const signal = session.io.interrupted
  const { value: scan } = await session.api.post(`/scans/${id}/discard`, Scan, {
    body,
    signal,
    fixes: { VALIDATION: `List the failures: ${session.program} describe scan ${id}` },
  })
  const count = scan.failures.discarded - before.failures.discarded
  printNote(
    session,
    count > 0
      ? `Discarded ${pluralize(count, 'failed type')} of ${id}. Its status is now ${scan.status}.`
      : `${id} had no failed types to discard.`,
  )
  if (session.format !== undefined)
    printOne(session, scan, { name: id, forPeople: () => `${id}\n` })
  return EXIT.ok
}
