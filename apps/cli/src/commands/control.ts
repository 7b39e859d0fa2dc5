import { Scan } from '@capstan/shared/contract/scan/scan'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import { counted } from '../output/units.ts'
import { note, type Session } from '../session.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { budgetOf, type BudgetOptions } from './budget-of.ts'
import { findScan } from './find-scan.ts'

export type Control = 'cancel' | 'pause' | 'resume'

const DONE = { cancel: 'Canceled', pause: 'Paused', resume: 'Resumed' } as const
const ALREADY = {
  cancel: 'was over or being canceled already',
  pause: 'was paused already',
  resume: 'was running already',
} as const

/** Cancels, pauses or resumes a scan. Repeating it changes nothing and is no error. */
export async function controlCommand(
  session: Session,
  control: Control,
  { name, budget: options = {} }: { name: string; budget?: BudgetOptions },
): Promise<ExitCode> {
  const { id } = await findScan(session, name)
  const signal = session.io.interrupted
  const budget = budgetOf(options)
  const { status, value: scan } = await session.api.post(`/scans/${id}/${control}`, Scan, {
    signal,
    ...(budget ? { body: { budget } } : {}),
  })
  const said = status === 202 ? `${DONE[control]} ${id}.` : `${id} ${ALREADY[control]}.`
  note(session, said)
  if (control === 'pause') note(session, `Go on: ${session.program} resume ${id}`)
  if (session.format !== undefined)
    printOne(session, scan, { name: id, forPeople: () => `${id}\n` })
  return EXIT.ok
}

export interface RetryOptions extends AttachOptions {
  failed?: boolean
  wait?: boolean
}

/** Runs failed types of a finished scan again, all of them unless some are named. */
export async function retryCommand(
  session: Session,
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
    note(session, `Nothing of ${id} has failed, so nothing is tried again.`)
    return EXIT.ok
  }
  const count = (scan.progress.total ?? 0) - scan.progress.finished
  note(
    session,
    `Trying ${count === 0 ? 'again' : `${counted(count, 'type')} again`} in ${id} (run ${scan.runAttempt}).`,
  )
  if (options.wait) return attachToScan(session, scan, options)
  note(session, `Watch it: ${session.program} watch ${id}`)
  if (session.format !== undefined)
    printOne(session, scan, { name: id, forPeople: () => `${id}\n` })
  return EXIT.ok
}
