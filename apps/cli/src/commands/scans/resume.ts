import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printList } from '../../output/print-list.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import type { BudgetOptions } from './build-budget.ts'
import { runControl } from './control.ts'
import { formatPause } from '../paused-accounts.ts'
import { EndedPauseRow } from '../response-schemas.ts'

export interface ResumeOptions extends BudgetOptions {
  provider?: string
  account?: string
  model?: string
}

/** Resumes a paused scan, or ends the pauses of a provider. Throws CliError (usage) for neither or both. */
export async function runResume(
  session: CliSession,
  scan: string | undefined,
  { provider, account, model, ...budget }: ResumeOptions,
): Promise<ExitCode> {
  if (scan !== undefined && (provider ?? account ?? model) === undefined) {
    return runControl(session, 'resume', { name: scan, budget })
  }
  if (scan === undefined && provider !== undefined) {
    return resumeProvider(session, provider, { account, model })
  }
  throw new CliError('Nothing to resume was named', {
    exitCode: EXIT.usage,
    why: 'Name either a scan, or a provider with an optional account and model.',
    fix: 'Use `capstan resume latest`, or `capstan resume --provider openai --account main`.',
  })
}

async function resumeProvider(
  session: CliSession,
  provider: string,
  body: { account: string | undefined; model: string | undefined },
): Promise<ExitCode> {
  const path = `/providers/${encodeURIComponent(provider)}/resume`
  const schema = z.object({ data: z.array(EndedPauseRow) })
  const { value } = await session.api.post(path, schema, { body, signal: session.io.interrupted })
  const { data } = value
  const empty = `No matching account of ${provider} is paused.`
  if (session.format !== undefined && session.format !== 'wide') {
    await printList(session, [data], {
      columns: [],
      name: ({ account, model }) => `${account}/${model}`,
      empty,
    })
    return EXIT.ok
  }
  if (data.length === 0) printNote(session, empty)
  for (const one of data)
    session.io.out(`ended: ${toPlainText(formatPause({ provider, ...one }))}\n`)
  return EXIT.ok
}
