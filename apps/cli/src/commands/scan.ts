import { randomUUID } from 'node:crypto'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { note, type Session } from '../session.ts'
import { printOne } from '../output/print-one.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { confirmCost, type CostOptions } from './confirm-cost.ts'
import { planText } from './plan-text.ts'
import { PLAN_FIXES, requestBody, type Body, type BodyOptions } from './scan-body.ts'

export interface ScanOptions extends AttachOptions, BodyOptions, CostOptions {
  detach?: boolean
}

/** Starts a scan and watches it to its end, unless told to leave it alone. */
export async function scanCommand(
  session: Session,
  patterns: string[],
  options: ScanOptions,
): Promise<ExitCode> {
  const body = requestBody(patterns, options)
  if (options.dryRun) return showPlan(session, body)
  if (!(await confirmCost(session, body, options))) {
    note(session, 'Not started.')
    return EXIT.interrupted
  }
  const scan = await startScan(session, body)
  tellJoined(session, scan)
  if (options.detach) printOne(session, scan, { name: scan.id, forPeople: () => `${scan.id}\n` })
  // The view of a joined scan shows the warnings of its own patterns, and not those of this request.
  if (options.detach || scan.joined) {
    for (const warning of scan.warnings) note(session, `! ${toPlainText(warning)}`)
  }
  if (options.detach) {
    note(session, `Watch it: ${session.program} watch ${scan.id}`)
    return EXIT.ok
  }
  return attachToScan(session, scan, options)
}

/** With a key of its own, so that an answer lost on the way does not start a second scan. */
export async function startScan(session: Session, body: Body): Promise<StartedScan> {
  const headers = { 'idempotency-key': randomUUID() }
  const signal = session.io.interrupted
  const options = { body, signal, headers, fixes: PLAN_FIXES }
  try {
    return (await session.api.post('/scans', StartedScan, options)).value
  } catch (error) {
    if (!signal.aborted) throw error
    throw new CliError('Interrupted before the server answered', {
      exitCode: EXIT.interrupted,
      why: 'The scan may have started.',
      fix: `Look: ${session.program} get scans`,
    })
  }
}

function tellJoined(session: Session, { id, createdBy, joined, progress }: StartedScan): void {
  if (!joined) return
  note(session, `Joined the scan that ${toPlainText(createdBy)} has started already: ${id}`)
  note(session, `  ${toPlainText(joined.reason)}`)
  if (joined.resources && progress.total !== null) {
    note(
      session,
      `  It has ${progress.total} types; only the ${joined.types} requested count here.`,
    )
  }
}

async function showPlan(session: Session, body: Body): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { value: plan } = await session.api.post('/scans', ScanPlan, {
    body,
    signal,
    fixes: PLAN_FIXES,
  })
  printOne(session, plan, { name: plan.cluster, forPeople: () => planText(session, plan) })
  return EXIT.ok
}
