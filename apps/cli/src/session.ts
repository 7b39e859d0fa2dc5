import pico from 'picocolors'
import { openApiClient, type ApiClient } from './client/api-client.ts'
import { chooseServer } from './client/choose-server.ts'
import type { Io } from './io.ts'
import { peopleText } from './output/people-text.ts'
import type { OutputFormat } from './output/output-format.ts'
import { openNetwork } from './program/open-network.ts'
import { wantsColor } from './output/wants-color.ts'
import { chooseProgress, type ProgressAsked, type ProgressMode } from './watch/progress-mode.ts'

export type Colors = ReturnType<typeof pico.createColors>

/** Options every command takes. */
export interface GlobalOptions {
  server?: string
  /** Name of a server of the configuration. */
  context?: string
  tokenFile?: string
  output?: OutputFormat
  quiet?: boolean
  verbose?: boolean
  color?: boolean
  /** Nothing is asked. */
  yes?: boolean
  progress?: ProgressAsked
}

/** What one command works with: the server it talks to and how it talks to its user. */
export interface Session {
  io: Io
  api: ApiClient
  out: Colors
  err: Colors
  format: OutputFormat | undefined
  quiet: boolean
  verbose: boolean
  progress: ProgressMode
  /** Nothing is asked; the answer is yes. */
  yes: boolean
  /** How the user calls this program, for the commands to type next. */
  program: string
}

/** Opens no connection. Throws CliError (usage) for an unusable server or token, ConfigError for unusable proxies. */
export async function openSession(io: Io, options: GlobalOptions): Promise<Session> {
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

/** A note for people; silent with -q, and where stderr is to hold events alone. */
export function note(session: Session, text: string): void {
  if (!session.quiet && session.progress !== 'json')
    session.io.err(peopleText(session.io, 'err', `${text}\n`))
}
