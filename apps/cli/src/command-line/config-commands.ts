import type { Command } from 'commander'
import type { GlobalOptions } from '../cli-session.ts'
import type { CommandHost } from './command-host.ts'

/** Commands that store servers in the configuration and choose the current one. */
export function addConfigCommands(program: Command, { io, end }: CommandHost): void {
  const config = program.command('config').description('manage the servers of the configuration')
  config
    .command('init')
    .description('write a configuration with a server and a new token; existing files are kept')
    .action(async (_options: unknown, command: Command) => {
      const { initConfig } = await import('../commands/config-init.ts')
      end(initConfig(io, command.optsWithGlobals<GlobalOptions>()))
    })
  config
    .command('set-context')
    .description('store --server and --token-file under a name')
    .argument('<name>', 'letters, digits, . _ and -')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { setContext } = await import('../commands/config.ts')
      end(setContext(io, name, command.optsWithGlobals<GlobalOptions>()))
    })
  config
    .command('use-context')
    .description('make a context the default')
    .argument('<name>', 'name of a context')
    .action(async (name: string) => {
      const { useContext } = await import('../commands/config.ts')
      end(useContext(io, name))
    })
  config
    .command('get-contexts')
    .description('list the contexts')
    .action(async () => {
      const { getContexts } = await import('../commands/config.ts')
      end(getContexts(io))
    })
}
