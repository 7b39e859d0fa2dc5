import type { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import type { GlobalOptions, Session } from '../session.ts'

/** What commands are added with. They load what they run only then, so that `--help` reads nothing of the service. */
export interface CommandHost {
  io: Io
  /** The session of a command, by its options. CliError (usage) for an unusable server or token. */
  open(command: Command): Promise<Session>
  end(code: ExitCode): void
}

export function createCommandHost(io: Io, end: (code: ExitCode) => void): CommandHost {
  return {
    io,
    end,
    open: async (command) => {
      const { openSession } = await import('../session.ts')
      return openSession(io, command.optsWithGlobals<GlobalOptions>())
    },
  }
}
