import { z } from 'zod'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printList } from '../../output/print-list.ts'
import { pluralize } from '@capstan/shared/text/units'
import { printNote, type CliSession } from '../../cli-session.ts'

export interface PruneOptions {
  delete?: boolean
  force?: boolean
  cluster?: string
}

const PATH = '/capabilities/removed'
const Removed = z.looseObject({
  removed: z.array(z.object({ resource: z.string(), stale: z.boolean() })),
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  needsForce: z.boolean(),
})

/** Lists catalog rows of types that the cluster no longer serves. Deletes them only with `--delete`. */
export async function runPrune(session: CliSession, options: PruneOptions): Promise<ExitCode> {
  const signal = session.io.interrupted
  const query = { cluster: options.cluster }
  if (options.delete) {
    const force = options.force === true
    const Deleted = z.looseObject({ deleted: z.int() })
    const { deleted } = await session.api.remove(PATH, Deleted, {
      query: { ...query, force },
      signal,
      fixes: { WRONG_STATE: `If this is intended: ${session.program} prune --delete --force` },
    })
    printNote(session, `Deleted ${pluralize(deleted, 'catalog row')}.`)
    return EXIT.ok
  }
  const { removed, unavailable, needsForce } = await session.api.get(PATH, Removed, {
    query,
    signal,
  })
  await printList(session, pageOf(removed), {
    columns: [
      { title: 'RESOURCE', value: ({ resource }) => resource },
      { title: 'STALE', value: ({ stale }) => (stale ? 'yes' : 'no') },
    ],
    name: ({ resource }) => resource,
    empty: 'The cluster still serves every type of the catalog.',
  })
  if (unavailable.length > 0) {
    const groups = unavailable.map(({ group }) => group).join(', ')
    printNote(session, `Skipped, because they did not respond: ${groups}`)
  }
  const flags = needsForce ? '--delete --force' : '--delete'
  if (removed.length > 0) printNote(session, `Delete them: ${session.program} prune ${flags}`)
  return EXIT.ok
}

async function* pageOf<T>(rows: T[]): AsyncGenerator<T[]> {
  yield rows
}
