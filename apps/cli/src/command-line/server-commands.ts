import { Argument, type Command } from 'commander'
import { completionScript, SHELLS, type Shell } from '../commands/completion.ts'
import { getContexts, setContext, useContext } from '../commands/config.ts'
import { openCommand } from '../commands/open.ts'
import { queueCommand } from '../commands/queue.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { openSession, type GlobalOptions } from '../session.ts'

/** Commands about the server as a whole, and about this program. */
export function addServerCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const session = (command: Command) => openSession(io, command.optsWithGlobals<GlobalOptions>())
  const queue = program
    .command('queue')
    .description('show the queue of all scans, or hold it')
    .action(async (_options: unknown, command: Command) =>
      end(await queueCommand(session(command))),
    )
  for (const change of ['pause', 'resume'] as const) {
    queue
      .command(change)
      .description(change === 'pause' ? 'start nothing more of any scan' : 'start jobs again')
      .action(async (_options: unknown, command: Command) =>
        end(await queueCommand(session(command), change)),
      )
  }
  program
    .command('open')
    .description('open the dashboard in a browser, and print its address')
    .argument('[scan]', 'id of a scan to show, or latest')
    .action(async (name: string | undefined, _options: unknown, command: Command) =>
      end(await openCommand(session(command), name)),
    )
  addConfig(program, io, end)
  program
    .command('completion')
    .description('write a script for your shell that completes commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HOW)
    .action((shell: Shell) => {
      io.out(completionScript(program, shell))
      end(EXIT.ok)
    })
}

function addConfig(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const config = program.command('config').description('write down servers and choose among them')
  config
    .command('set-context')
    .description('write down --server and --token-file under a name')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) =>
      end(setContext(io, name, command.optsWithGlobals<GlobalOptions>())),
    )
  config
    .command('use-context')
    .description('talk to this server from now on')
    .argument('<name>')
    .action((name: string) => end(useContext(io, name)))
  config
    .command('get-contexts')
    .description('list the servers that are written down')
    .action(() => end(getContexts(io)))
}

const HOW = `
Use it at once:  source <(capstan completion bash)      (bash, zsh)
                 capstan completion fish | source       (fish)`
