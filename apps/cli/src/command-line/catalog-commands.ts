import type { Command } from 'commander'
import type { ReindexOptions } from '../commands/reindex.ts'
import type { CommandHost } from './command-host.ts'

/** Commands for the whole catalog. */
export function addCatalogCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  program
    .command('reindex')
    .description('make what is searched anew, beside the old one, and switch when it is complete')
    .option('--no-wait', 'do not wait for its end')
    .action(async (options: ReindexOptions, command: Command) => {
      const { runReindex } = await import('../commands/reindex.ts')
      end(await runReindex(await open(command), options))
    })
  program
    .command('import')
    .description('bring in what `export` wrote; a row that is known newer stays')
    .argument('<file>', 'NDJSON')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runImport } = await import('../commands/import.ts')
      end(await runImport(await open(command), file))
    })
}
