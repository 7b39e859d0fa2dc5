import { Argument, type Command } from 'commander'
import { buildCompletionScript, SHELLS, type Shell } from '../commands/build-completion-script.ts'
import { EXIT } from '../exit-code.ts'
import type { CommandHost } from './command-host.ts'

export function addCompletionCommand(program: Command, { io, end }: CommandHost): void {
  program
    .command('completion')
    .description('print a shell completion script')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => {
      io.out(buildCompletionScript(program, shell))
      end(EXIT.ok)
    })
}
