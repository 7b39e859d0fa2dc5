import { Command, CommanderError } from 'commander'
import { addCatalogCommands } from './command-line/catalog-commands.ts'
import { addChangeCommands } from './command-line/change-commands.ts'
import { createCommandHost, type CommandHost } from './command-line/command-host.ts'
import { addCompletionCommand } from './command-line/completion-command.ts'
import { addConfigCommands } from './command-line/config-commands.ts'
import { addDataCommands } from './command-line/data-commands.ts'
import { addExamples } from './command-line/examples.ts'
import { addOverrideCommand } from './command-line/override-command.ts'
import { addScanCommands } from './command-line/scan-commands.ts'
import { addServerCommands } from './command-line/server-commands.ts'
import { addWebhookCommands } from './command-line/webhook-commands.ts'
import { addStackCommands } from './command-line/stack-commands.ts'
import { addGlobalOptions } from './command-line/add-global-options.ts'
import { formatHelpItem } from './command-line/format-help-item.ts'
import type { CliError } from './cli-error.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { formatForTerminal, readTerminalColumns } from './output/format-for-terminal.ts'
import { stringifySafeJson } from './output/stringify-safe-json.ts'
import { CLI_VERSION } from './version.ts'

/** Runs one command line (without node and script) and returns its exit code. Never throws. */
export async function runCli(args: string[], io: Io): Promise<number> {
  let exitCode: ExitCode = EXIT.ok
  const program = buildProgram(createCommandHost(io, (code) => (exitCode = code)))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed the error already. `help` and `--version` exit with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const isOver = io.interrupted.aborted && error === io.interrupted.reason
    if (isOver) return EXIT.interrupted
    const { verbose = false, progress } = program.opts<{ verbose?: boolean; progress?: string }>()
    return printError(io, error, { verbose, asJson: progress === 'json' })
  }
}

/** Builds the command tree. Command modules are imported when a command runs, so `--help` stays fast. */
export function buildProgram(host: CommandHost): Command {
  const { io } = host
  const program = new Command('capstan')
    .description('Scans a Kubernetes cluster for its capabilities.')
    .version(`capstan ${CLI_VERSION}`, '-V, --version', 'show the version of this program')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(formatForTerminal(io, 'out', text)),
      writeErr: (text) => io.err(formatForTerminal(io, 'err', text)),
      getOutHelpWidth: () => readTerminalColumns(io, 'out') ?? HELP_COLUMNS,
      getErrHelpWidth: () => readTerminalColumns(io, 'err') ?? HELP_COLUMNS,
    })
    .configureHelp({ showGlobalOptions: true, formatItem: formatHelpItem, minWidthToWrap: 10 })
    .showHelpAfterError('(add --help for usage)')
    .addHelpText('after', EXIT_CODES)
  addGlobalOptions(program)
  addStackCommands(program, host)
  addScanCommands(program, host)
  addChangeCommands(program, host)
  addDataCommands(program, host)
  addOverrideCommand(program, host)
  addCatalogCommands(program, host)
  addServerCommands(program, host)
  addWebhookCommands(program, host)
  addConfigCommands(program, host)
  addCompletionCommand(program, host)
  addExamples(program, io.program)
  return program
}

const HELP_COLUMNS = 100

const EXIT_CODES = `
Exit codes:
    0  ok
    1  unexpected
    2  usage, not found, or the wrong state
    3  finished with failures (--fail-on)
    4  server or cluster unreachable, or the port in use
    5  not authorized
    6  timeout (the scan continues)
    7  paused or blocked: a person has to act (the scan is kept)
  130  interrupted

Environment:
  CAPSTAN_SERVER, CAPSTAN_TOKEN or CAPSTAN_TOKEN_FILE, NO_COLOR, FORCE_COLOR, HTTPS_PROXY, HTTP_PROXY, NO_PROXY,
  NODE_EXTRA_CA_CERTS`

interface ErrorFormat {
  verbose: boolean
  /** Prints errors as JSON, like the events on stderr. */
  asJson: boolean
}

async function printError(
  io: Io,
  thrown: unknown,
  { verbose, asJson }: ErrorFormat,
): Promise<ExitCode> {
  const { toCliError, formatError } = await import('./format-error.ts')
  const error: CliError = toCliError(thrown)
  const { message, why, fix, trace, exitCode } = error
  io.err(
    asJson
      ? `${stringifySafeJson({ type: 'error', data: { message, why, fix, trace, exitCode } })}\n`
      : formatForTerminal(io, 'err', `${formatError(error, verbose).join('\n')}\n`),
  )
  return exitCode
}
