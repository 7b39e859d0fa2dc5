import type { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import type { GlobalOptions, CliSession } from '../cli-session.ts'

/** Context for adding commands. Commands import their modules when they run, so `--help` loads none of them. */
export interface CommandHost {
  io: Io
  /** Opens the session of a command from its options. Throws CliError (usage) for an unusable server or token. */
  open(command: Command): Promise<CliSession>
  end(code: ExitCode): void
}

export function createCommandHost(io: Io, end: (code: ExitCode) => void): CommandHost {
  return {
    io,
    end,
    open: async (command) => {
      const { openSession } = await import('../cli-session.ts')
      return openSession(io, command.optsWithGlobals<GlobalOptions>())
    },
  }
}
