import { Scan } from '@capstan/shared/contract/scan/scan'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { pluralize } from '@capstan/shared/text/units'
import { printNote, type CliSession } from '../../cli-session.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { buildBudget, type BudgetOptions } from './build-budget.ts'
import { findScan } from './find-scan.ts'

export type ScanControl = 'cancel' | 'pause' | 'resume'

const DONE = { cancel: 'Canceled', pause: 'Paused', resume: 'Resumed' } as const
const ALREADY = {
  cancel: 'had finished or was being canceled already',
  pause: 'was paused already',
  resume: 'was running already',
} as const

/** Cancels, pauses or resumes a scan. Idempotent. */
export async function runControl(
  session: CliSession,
  control: ScanControl,
  { name, budget: options = {} }: { name: string; budget?: BudgetOptions },
): Promise<ExitCode> {
  const { id } = await findScan(session, name)
  const signal = session.io.interrupted
  const budget = buildBudget(options)
  const { status, value: scan } = await session.api.post(`/scans/${id}/${control}`, Scan, {
    signal,
    ...(budget ? { body: { budget } } : {}),
  })
  const message = status === 202 ? `${DONE[control]} ${id}.` : `${id} ${ALREADY[control]}.`
  printNote(session, message)
  if (control === 'pause') printNote(session, `Resume: ${session.program} resume ${id}`)
  if (session.format !== undefined)
    printOne(session, scan, { name: id, forPeople: () => `${id}\n` })
  return EXIT.ok
}

export interface RetryOptions extends AttachOptions {
  failed?: boolean
  wait?: boolean
}

/** Retries failed types of a finished scan: the named types, or all of them. */
export async function runRetry(
  session: CliSession,
  [name, ...resources]: [string, ...string[]],
  options: RetryOptions,
): Promise<ExitCode> {
  const { id } = await findScan(session, name)
  const signal = session.io.interrupted
  const body = { only: resources.length > 0 ? resources : 'failed' }
  const { status, value: scan } = await session.api.post(`/scans/${id}/retry`, Scan, {
    body,
    signal,
  })
  if (status !== 202) {
    printNote(session, `Nothing of ${id} has failed, so nothing is retried.`)
    return EXIT.ok
  }
  const count = (scan.progress.total ?? 0) - scan.progress.finished
  printNote(
    session,
    `Retrying ${count === 0 ? 'failed types' : pluralize(count, 'type')} in ${id} (run ${scan.runAttempt}).`,
  )
  if (options.wait) return attachToScan(session, scan, options)
  printNote(session, `Watch it: ${session.program} watch ${id}`)
  if (session.format !== undefined)
    printOne(session, scan, { name: id, forPeople: () => `${id}\n` })
  return EXIT.ok
}
