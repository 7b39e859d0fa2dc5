import type { Command } from 'commander'
import type { CommandHost } from './command-host.ts'

/** Commands for the server as a whole. */
export function addServerCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  const queue = program
    .command('queue')
    .description('show, pause or resume the queues of all scans')
    .action(async (_options: unknown, command: Command) => {
      const { runQueue } = await import('../commands/queue.ts')
      end(await runQueue(await open(command)))
    })
  for (const change of ['pause', 'resume'] as const) {
    queue
      .command(change)
      .description(
        change === 'pause' ? 'pause the queues of all routes' : 'resume the queues of all routes',
      )
      .action(async (_options: unknown, command: Command) => {
        const { runQueue } = await import('../commands/queue.ts')
        end(await runQueue(await open(command), change))
      })
  }
  program
    .command('open')
    .description('open the dashboard in a browser and print its URL')
    .argument('[scan]', 'id of a scan to show, or latest')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const { runOpen } = await import('../commands/open.ts')
      end(await runOpen(await open(command), name))
    })
}
