import type { Command } from 'commander'
import type { PruneOptions } from '../commands/catalog/prune.ts'
import type { ScheduleOptions } from '../commands/scans/schedule.ts'
import type { CommandHost } from './command-host.ts'
import { parseCount, parseLabel, parseList } from './option-parsers.ts'

/** Commands for changes over time: schedules, differences between scans, removed types. */
export function addChangeCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  addSchedule(program, host)
  program
    .command('diff')
    .description('show differences to an earlier scan')
    .argument('[scan]', 'id of the scan, or latest', 'latest')
    .option('--against <scan>', 'id of the earlier scan', 'previous')
    .action(async (name: string, { against }: { against: string }, command: Command) => {
      const { runDiff } = await import('../commands/scans/diff.ts')
      end(await runDiff(await open(command), name, against))
    })
  program
    .command('prune')
    .description('list catalog rows of types that the cluster no longer serves, or delete them')
    .option('--delete', 'delete these rows')
    .option('--force', 'delete them even if they are more than a fifth of the catalog')
    .option('--cluster <name>', 'name of the cluster')
    .action(async (options: PruneOptions, command: Command) => {
      const { runPrune } = await import('../commands/catalog/prune.ts')
      end(await runPrune(await open(command), options))
    })
}

function addSchedule(program: Command, { open, end }: CommandHost): void {
  const schedule = program.command('schedule').description('manage scan schedules')
  schedule
    .command('set')
    .description('create or replace a schedule')
    .argument('<name>', 'lowercase letters, digits and hyphens')
    .argument('[pattern...]', 'types to scan (default: all)')
    .requiredOption('--cron <pattern>', 'minute, hour, day, month, day of week: "0 3 * * *"')
    .option('--time-zone <zone>', 'such as Europe/Berlin (default: UTC)')
    .option('--exclude <pattern>', 'types to exclude (repeatable)', parseList)
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .option('--full', 'analyze unchanged types as well')
    .option('--curated', 'use curated answers for well-known types: no call, no cost')
    .option('--no-curated', 'do not use curated answers, also not for well-known types')
    .option(
      '--concurrency <count>',
      'maximum number of types in the queue at a time (default: all)',
      parseCount,
    )
    .option('-l, --label <key=value>', 'label of its scans (repeatable)', parseLabel)
    .action(
      async (name: string, patterns: string[], options: ScheduleOptions, command: Command) => {
        const { setSchedule } = await import('../commands/scans/schedule.ts')
        end(await setSchedule(await open(command), [name, ...patterns], options))
      },
    )
  schedule
    .command('remove')
    .description('delete a schedule; its running scans continue')
    .argument('<name>')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { removeSchedule } = await import('../commands/scans/schedule.ts')
      end(await removeSchedule(await open(command), name))
    })
  for (const action of ['pause', 'resume'] as const) {
    schedule
      .command(action)
      .description(action === 'pause' ? 'pause a schedule' : 'resume a schedule')
      .argument('<name>')
      .action(async (name: string, _options: unknown, command: Command) => {
        const { pauseSchedule } = await import('../commands/scans/schedule.ts')
        end(await pauseSchedule(await open(command), name, action === 'pause'))
      })
  }
}
