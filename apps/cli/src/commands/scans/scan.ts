import { randomUUID } from 'node:crypto'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import { printOne } from '../../output/print-one.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { confirmCost, type CostOptions } from './confirm-cost.ts'
import { formatPlan } from './format-plan.ts'
import {
  PLAN_FIXES,
  buildScanBody,
  type ScanRequestBody,
  type ScanBodyOptions,
} from './build-scan-body.ts'

export interface ScanOptions extends AttachOptions, ScanBodyOptions, CostOptions {
  detach?: boolean
}

/** Starts a scan and, without `--detach`, watches it to its end. */
export async function runScan(
  session: CliSession,
  patterns: string[],
  options: ScanOptions,
): Promise<ExitCode> {
  const body = buildScanBody(patterns, options)
  if (options.dryRun) return showPlan(session, body)
  if (!(await confirmCost(session, body, options))) {
    printNote(session, 'Not started.')
    return EXIT.interrupted
  }
  const scan = await requestScan(session, body)
  tellJoined(session, scan)
  if (options.detach) printOne(session, scan, { name: scan.id, forPeople: () => `${scan.id}\n` })
  // The view of a joined scan shows the warnings of that scan, not those of this request.
  if (options.detach || scan.joined) {
    for (const warning of scan.warnings) printNote(session, `! ${toPlainText(warning)}`)
  }
  if (options.detach) {
    printNote(session, `Watch it: ${session.program} watch ${scan.id}`)
    return EXIT.ok
  }
  return attachToScan(session, scan, options)
}

/** Sends an idempotency key, so that a retry after a lost response does not start a second scan. */
export async function requestScan(
  session: CliSession,
  body: ScanRequestBody,
): Promise<StartedScan> {
  const headers = { 'idempotency-key': randomUUID() }
  const signal = session.io.interrupted
  const options = { body, signal, headers, fixes: PLAN_FIXES }
  try {
    return (await session.api.post('/scans', StartedScan, options)).value
  } catch (error) {
    if (!signal.aborted) throw error
    throw new CliError('Interrupted before the server responded', {
      exitCode: EXIT.interrupted,
      why: 'The scan may have started.',
      fix: `Check: ${session.program} get scans`,
    })
  }
}

function tellJoined(session: CliSession, { id, createdBy, joined, progress }: StartedScan): void {
  if (!joined) return
  printNote(session, `Joined the scan that ${toPlainText(createdBy)} has already started: ${id}`)
  printNote(session, `  ${toPlainText(joined.reason)}`)
  if (joined.resources && progress.total !== null) {
    printNote(
      session,
      `  It has ${progress.total} types; only the ${joined.types} requested count here.`,
    )
  }
}

async function showPlan(session: CliSession, body: ScanRequestBody): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { value: plan } = await session.api.post('/scans', ScanPlan, {
    body,
    signal,
    fixes: PLAN_FIXES,
  })
  printOne(session, plan, { name: plan.cluster, forPeople: () => formatPlan(session, plan) })
  return EXIT.ok
}
