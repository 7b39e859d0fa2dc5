import type { Command } from 'commander'
import { importCommand } from '../commands/import.ts'
import { reindexCommand, type ReindexOptions } from '../commands/reindex.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { openSession, type GlobalOptions, type Session } from '../session.ts'

/** Commands that look after the catalog as a whole. */
export function addCatalogCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const session = (command: Command): Session =>
    openSession(io, command.optsWithGlobals<GlobalOptions>())
  program
    .command('reindex')
    .description('make what is searched anew, beside the old one, and switch when it is complete')
    .option('--no-wait', 'do not wait for its end')
    .action(async (options: ReindexOptions, command: Command) =>
      end(await reindexCommand(session(command), options)),
    )
  program
    .command('import')
    .description('bring in what `export` wrote; a row that is known newer stays')
    .argument('<file>', 'NDJSON')
    .action(async (file: string, _options: unknown, command: Command) =>
      end(await importCommand(session(command), file)),
    )
}
