import { Command, CommanderError } from 'commander'
import { readNetworkSettings } from '@capstan/shared/config/network-settings'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { addChangeCommands } from './command-line/change-commands.ts'
import { addDataCommands } from './command-line/data-commands.ts'
import { addCatalogCommands } from './command-line/catalog-commands.ts'
import { addOverrideCommand } from './command-line/override-command.ts'
import { addScanCommands } from './command-line/scan-commands.ts'
import { addServerCommands } from './command-line/server-commands.ts'
import { addStackCommands } from './command-line/stack-commands.ts'
import { globalOptions } from './command-line/global-options.ts'
import type { CliError } from './cli-error.ts'
import { asCliError, errorLines } from './error-lines.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { safeJson } from './output/safe-json.ts'
import { VERSION } from './version.ts'

/** Runs one command line (without node and script) and answers its exit code. Never throws. */
export async function runCli(args: string[], io: Io): Promise<number> {
  let exitCode: ExitCode = EXIT.ok
  const program = buildProgram(io, (code) => (exitCode = code))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has said it already; help and --version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const isOver = io.interrupted.aborted && error === io.interrupted.reason
    if (isOver) return EXIT.interrupted
    const { verbose = false, progress } = program.opts<{ verbose?: boolean; progress?: string }>()
    tellError(io, asCliError(error), { verbose, asJson: progress === 'json' })
    return asCliError(error).exitCode
  }
}

function buildProgram(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('capstan')
    .description('Finds out what a Kubernetes cluster can do.')
    .version(`capstan ${VERSION}`, '-V, --version', 'show the version of this program')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what is possible)')
    .addHelpText('after', EXIT_CODES)
    .hook('preAction', () => useProxies(readNetworkSettings(io.environment)))
  globalOptions(program)
  addStackCommands(program, io, end)
  addScanCommands(program, io, end)
  addChangeCommands(program, io, end)
  addDataCommands(program, io, end)
  addOverrideCommand(program, io, end)
  addCatalogCommands(program, io, end)
  addServerCommands(program, io, end)
  return program
}

const EXIT_CODES = `
Exit codes: 0 ok, 1 unexpected, 2 usage, 3 finished with failures, 4 server or cluster unreachable,
            5 not allowed, 6 timeout (the scan goes on), 7 paused or held up: a person has to act (the scan
            stays), 130 interrupted

Environment: CAPSTAN_SERVER, CAPSTAN_TOKEN or CAPSTAN_TOKEN_FILE, NO_COLOR, FORCE_COLOR,
            HTTPS_PROXY, HTTP_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS`

interface Telling {
  verbose: boolean
  /** Who reads events as JSON on stderr reads errors there too. */
  asJson: boolean
}

function tellError(io: Io, error: CliError, { verbose, asJson }: Telling): void {
  if (!asJson) return io.err(`${errorLines(error, verbose).join('\n')}\n`)
  const { message, why, fix, trace, exitCode } = error
  io.err(`${safeJson({ type: 'error', data: { message, why, fix, trace, exitCode } })}\n`)
}
