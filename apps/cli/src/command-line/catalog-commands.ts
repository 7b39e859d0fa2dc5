import type { Command } from 'commander'
import type { ReindexOptions } from '../commands/catalog/reindex.ts'
import type { CommandHost } from './command-host.ts'

/** Commands for the whole catalog. */
export function addCatalogCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  program
    .command('reindex')
    .description('rebuild the search index beside the current one, then switch to it')
    .option('--no-wait', 'do not wait until it is complete')
    .action(async (options: ReindexOptions, command: Command) => {
      const { runReindex } = await import('../commands/catalog/reindex.ts')
      end(await runReindex(await open(command), options))
    })
  program
    .command('import')
    .description('import the output of `export`; newer rows are kept')
    .argument('<file>', 'NDJSON')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { runImport } = await import('../commands/catalog/import.ts')
      end(await runImport(await open(command), file))
    })
}
