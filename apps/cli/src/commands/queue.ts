import { z } from 'zod'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import { counted } from '../output/units.ts'
import { note, type Session } from '../session.ts'

const QueueView = z.looseObject({
  paused: z.boolean(),
  backlog: z.number(),
  workers: z.number(),
})

/** Shows where the queue of all scans stands, or holds and releases it. Repeating it changes nothing. */
export async function queueCommand(
  session: Session,
  change?: 'pause' | 'resume',
): Promise<ExitCode> {
  const { api, io, program } = session
  const signal = io.interrupted
  const queue =
    change === undefined
      ? await api.get('/queue', QueueView, { signal })
      : (await api.post(`/queue/${change}`, QueueView, { signal })).value
  const { paused, backlog, workers } = queue
  printOne(session, queue, {
    name: 'queue',
    forPeople: () =>
      `${paused ? 'paused' : 'running'}, ${counted(backlog, 'job')} to do, ${counted(workers, 'worker')}\n`,
  })
  if (change === 'pause')
    note(session, `Nothing of any scan starts. Go on: ${program} queue resume`)
  return EXIT.ok
}
