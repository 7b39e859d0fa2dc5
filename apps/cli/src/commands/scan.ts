import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ScanPlan, type StartScan } from '@capstan/shared/contract/scan'
import { StartedScan } from '@capstan/shared/contract/started-scan'
import { plainText } from '@capstan/shared/text/plain-text'
import type { Fixes } from '../client/answer-errors.ts'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { note, type Session } from '../session.ts'
import { printOne } from '../output/print-one.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { budgetOf, type BudgetOptions } from './budget-of.ts'
import { planText } from './plan-text.ts'

export interface ScanOptions extends AttachOptions, BudgetOptions {
  exclude?: string[]
  full?: boolean
  batch?: boolean
  dryRun?: boolean
  strict?: boolean
  detach?: boolean
  context?: string
  provider?: 'anthropic' | 'openai' | 'demo'
  model?: string
  priority?: 'high' | 'normal' | 'low'
  order?: 'name' | 'smallest-first' | 'largest-first'
  onConflict?: 'join' | 'reject' | 'parallel'
  concurrency?: number
  label?: Record<string, string>
}

/** Starts a scan and watches it to its end, unless told to leave it alone. */
export async function scanCommand(
  session: Session,
  patterns: string[],
  options: ScanOptions,
): Promise<ExitCode> {
  const body = requestBody(patterns, options)
  if (options.dryRun) return showPlan(session, body)
  const scan = await startScan(session, body)
  tellJoined(session, scan)
  if (options.detach) printOne(session, scan, { name: scan.id, forPeople: () => `${scan.id}\n` })
  // The view of a joined scan shows the warnings of its own patterns, and not those of this request.
  if (options.detach || scan.joined) {
    for (const warning of scan.warnings) note(session, `! ${plainText(warning)}`)
  }
  if (options.detach) {
    note(session, `Watch it: ${session.program} watch ${scan.id}`)
    return EXIT.ok
  }
  return attachToScan(session, scan, options)
}

type Body = z.input<typeof StartScan>

/** What was not asked for is left to the server. */
function requestBody(patterns: string[], options: ScanOptions): Body {
  const body: Body = {
    include: patterns.length > 0 ? patterns : undefined,
    exclude: options.exclude,
    mode: options.full ? 'full' : undefined,
    execution: options.batch ? 'batch' : undefined,
    cluster: options.context,
    provider: options.provider,
    model: options.model,
    priority: options.priority,
    order: options.order,
    onConflict: options.onConflict,
    concurrency: options.concurrency,
    labels: options.label,
    budget: budgetOf(options),
    dryRun: options.dryRun,
    strict: options.strict,
  }
  return JSON.parse(JSON.stringify(body)) as Body // drops what is undefined
}

/** With a key of its own, so that an answer lost on the way does not start a second scan. */
export async function startScan(session: Session, body: Body): Promise<StartedScan> {
  const headers = { 'idempotency-key': randomUUID() }
  const signal = session.io.interrupted
  const options = { body, signal, headers, fixes: fixes(session) }
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
  note(session, `Joined the scan that ${plainText(createdBy)} has started already: ${id}`)
  note(session, `  ${plainText(joined.reason)}`)
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
    fixes: fixes(session),
  })
  printOne(session, plan, { name: plan.cluster, forPeople: () => planText(session, plan) })
  return EXIT.ok
}

function fixes({ program }: Session): Fixes {
  return {
    UNKNOWN_RESOURCES: `See what the cluster offers: ${program} get resources; without a pattern all of it is scanned.`,
  }
}
