import type { Command } from 'commander'
import { diffCommand } from '../commands/diff.ts'
import { pruneCommand, type PruneOptions } from '../commands/prune.ts'
import {
  pauseSchedule,
  removeSchedule,
  setSchedule,
  type ScheduleOptions,
} from '../commands/schedule.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { openSession, type GlobalOptions, type Session } from '../session.ts'
import { count, label, list } from './option-parsers.ts'

type OpenSession = (command: Command) => Session
type End = (code: ExitCode) => void

/** Commands about what changes with time: schedules, differences, types that have gone. */
export function addChangeCommands(program: Command, io: Io, end: End): void {
  const session: OpenSession = (command) =>
    openSession(io, command.optsWithGlobals<GlobalOptions>())
  addSchedule(program, session, end)
  program
    .command('diff')
    .description('show what is different since an earlier scan')
    .argument('[scan]', 'id of the scan, or latest', 'latest')
    .option('--against <scan>', 'id of the earlier scan', 'previous')
    .action(async (name: string, { against }: { against: string }, command: Command) =>
      end(await diffCommand(session(command), name, against)),
    )
  program
    .command('prune')
    .description('show known types that the cluster no longer offers, or delete them')
    .option('--delete', 'delete what is known of them')
    .option('--force', 'also when it is more than a fifth of what is known')
    .option('--context <cluster>', 'the cluster they are of')
    .action(async (options: PruneOptions, command: Command) =>
      end(await pruneCommand(session(command), options)),
    )
}

function addSchedule(program: Command, session: OpenSession, end: End): void {
  const schedule = program.command('schedule').description('scan by the clock')
  schedule
    .command('set')
    .description('create or replace a schedule')
    .argument('<name>', 'small letters, digits and hyphens')
    .argument('[pattern...]', 'types to scan (default: all)')
    .requiredOption('--cron <pattern>', 'minute, hour, day, month, day of week: "0 3 * * *"')
    .option('--time-zone <zone>', 'such as Europe/Berlin (default: UTC)')
    .option('--exclude <pattern>', 'types to leave out (repeatable)', list)
    .option('--context <name>', 'context of the server’s kubeconfig')
    .option('--full', 'ask again for types that have not changed')
    .option('--concurrency <count>', 'most types of a scan in the queue at a time (all)', count)
    .option('-l, --label <key=value>', 'label of its scans (repeatable)', label)
    .action(async (name: string, patterns: string[], options: ScheduleOptions, command: Command) =>
      end(await setSchedule(session(command), [name, ...patterns], options)),
    )
  schedule
    .command('remove')
    .description('delete a schedule; what it started goes on')
    .argument('<name>')
    .action(async (name: string, _options: unknown, command: Command) =>
      end(await removeSchedule(session(command), name)),
    )
  for (const action of ['pause', 'resume'] as const) {
    schedule
      .command(action)
      .description(action === 'pause' ? 'keep it, but do not run it' : 'run it again')
      .argument('<name>')
      .action(async (name: string, _options: unknown, command: Command) =>
        end(await pauseSchedule(session(command), name, action === 'pause')),
      )
  }
}
