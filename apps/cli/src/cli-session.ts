import pico from 'picocolors'
import { openApiClient, type ApiClient } from './client/api-client.ts'
import { chooseServer } from './client/choose-server.ts'
import type { Io } from './io.ts'
import { formatForTerminal } from './output/format-for-terminal.ts'
import type { OutputFormat } from './output/output-format.ts'
import { openNetwork } from './program/open-network.ts'
import { wantsColor } from './output/wants-color.ts'
import { chooseProgress, type ProgressChoice, type ProgressMode } from './watch/progress-mode.ts'

export type Colors = ReturnType<typeof pico.createColors>

/** Options of every command. */
export interface GlobalOptions {
  server?: string
  /** Name of a context in the configuration. */
  context?: string
  tokenFile?: string
  output?: OutputFormat
  quiet?: boolean
  verbose?: boolean
  color?: boolean
  /** Skips confirmations. */
  yes?: boolean
  progress?: ProgressChoice
}

/** Context of one command: its server, options and output. */
export interface CliSession {
  io: Io
  api: ApiClient
  out: Colors
  err: Colors
  format: OutputFormat | undefined
  quiet: boolean
  verbose: boolean
  progress: ProgressMode
  /** Skips confirmations; every answer is yes. */
  yes: boolean
  /** The command line prefix under which the user calls this program, for printed commands. */
  program: string
}

/**
 * Makes no request. Throws CliError (usage) for an unusable server or token, ConfigError for invalid proxy
 * settings.
 */
export async function openSession(io: Io, options: GlobalOptions): Promise<CliSession> {
  const { environment } = io
  await openNetwork(environment)
  const color = (isTerminal: boolean): Colors =>
    pico.createColors(options.color !== false && wantsColor(environment, isTerminal))
  const quiet = options.quiet === true
  return {
    io,
    api: openApiClient(chooseServer(options, environment)),
    out: color(io.outIsTerminal),
    err: color(io.errIsTerminal),
    format: options.output,
    quiet,
    verbose: options.verbose === true,
    progress: quiet ? 'none' : chooseProgress(options.progress ?? 'auto', io),
    yes: options.yes === true,
    program: io.program,
  }
}

/** Prints a note to stderr. Silent with `-q`, and when stderr carries JSON events. */
export function printNote(session: CliSession, text: string): void {
  if (!session.quiet && session.progress !== 'json')
    session.io.err(formatForTerminal(session.io, 'err', `${text}\n`))
}
