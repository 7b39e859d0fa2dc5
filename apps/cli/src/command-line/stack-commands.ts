import type { Command } from 'commander'
import type { DemoOptions } from '../commands/demo.ts'
import type { UpOptions } from '../commands/up.ts'
import type { CommandHost } from './command-host.ts'
import { parseCount, parseLatency, parseList, parsePort } from './option-parsers.ts'

/** Commands that run Capstan itself. */
export function addStackCommands(program: Command, { io, end }: CommandHost): void {
  program
    .command('up')
    .description('run all of Capstan on this machine: Redis, API and workers')
    .option('--demo', 'use the simulated demo cluster')
    .option('--workers <n>', 'worker processes (default: $CAPSTAN_WORKERS, else 2)', parseCount)
    .option('--port <port>', 'port of the API, 0 for any (default: $PORT, else 8080)', parsePort)
    .option(
      '--cluster <name>',
      'cluster: a context of the kubeconfig (default: $CAPSTAN_CONTEXT, else the current one)',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<UpOptions>()
      // Printed before the modules load, so that the user sees output at once.
      if (!options.quiet) io.err('capstan: reading the settings…\n')
      const { runUp } = await import('../commands/up.ts')
      end(await runUp(io, options))
    })
  program
    .command('demo')
    .description('scan a simulated cluster with a simulated model, and remove all data afterwards')
    .option('--types <pattern>', 'scan only these types (repeatable)', parseList)
    .option('--latency <ms>', 'latency of the simulated model (default: 4000-6000)', parseLatency)
    .option('--keep', 'keep it running until Ctrl-C')
    .action(async (_options: unknown, command: Command) => {
      const { runDemo } = await import('../commands/demo.ts')
      end(await runDemo(io, command.optsWithGlobals<DemoOptions>()))
    })
}
