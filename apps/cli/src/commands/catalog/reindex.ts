import { sleep } from '@capstan/shared/async/sleep'
import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { pluralize } from '@capstan/shared/text/units'
import { printNote, type CliSession } from '../../cli-session.ts'

export interface ReindexOptions {
  wait: boolean
}

const PATH = '/capabilities/reindex'
const LOOK_MS = 500

const Reindexing = z.looseObject({
  status: z.enum(['running', 'succeeded', 'failed']),
  done: z.int(),
  total: z.int().nullable(),
  store: z.string().nullable(),
  previous: z.string().nullable(),
  problem: z.string().nullable(),
})
type Reindexing = z.infer<typeof Reindexing>

/** Rebuilds the search index. If the command is interrupted, the server continues. */
export async function runReindex(session: CliSession, options: ReindexOptions): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { value } = await session.api.post(PATH, Reindexing, { signal })
  const state = options.wait ? await awaitEnd(session, value) : value
  if (state.status === 'failed') throw createReindexError(session, state)
  printOne(session, state, {
    name: state.store ?? state.status,
    forPeople: () => describeReindex(state, session),
  })
  return EXIT.ok
}

async function awaitEnd(session: CliSession, begun: Reindexing): Promise<Reindexing> {
  const signal = session.io.interrupted
  let state = begun
  while (state.status === 'running') {
    await sleep(LOOK_MS, { signal })
    signal.throwIfAborted()
    const next = await session.api.get(PATH, Reindexing, { signal })
    const isNews = next.status === 'running' && next.done !== state.done
    if (isNews) printNote(session, `${next.done} of ${next.total ?? '?'} types`)
    state = next
  }
  return state
}

function describeReindex(
  { status, done, store, previous }: Reindexing,
  { program }: CliSession,
): string {
  if (status === 'running') return `The reindex is running. To wait for it: ${program} reindex\n`
  const now = `Searches go to ${toPlainText(store ?? 'the new index')} with ${pluralize(done, 'type')}.`
  return previous === null
    ? `${now}\n`
    : `${now} ${toPlainText(previous)}, the previous index, was kept and can be deleted.\n`
}

function createReindexError({ program }: CliSession, { problem }: Reindexing): CliError {
  return new CliError('The reindex failed; the previous index stays in use', {
    exitCode: EXIT.failures,
    why: toPlainText(problem ?? 'no reason was given'),
    fix: `Once that is corrected: ${program} reindex`,
  })
}
