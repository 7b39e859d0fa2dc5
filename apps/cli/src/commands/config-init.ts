import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { openApiClient } from '../client/api-client.ts'
import { requireConfigPath } from '../client/contexts.ts'
import { makeConfigFolder } from '../client/make-config-folder.ts'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'

const LOCAL = 'http://127.0.0.1:8080'
const TOKEN_BYTES = 32

/**
 * Writes a commented configuration with one context, and a random token beside it unless a token file is
 * given. Both files are readable only by their owner. Throws CliError (usage) when either exists.
 */
export function initConfig(
  io: Io,
  { server = LOCAL, tokenFile }: { server?: string; tokenFile?: string },
): ExitCode {
  // Rejects an invalid URL here instead of in the first command that uses it.
  openApiClient({ server, token: undefined })
  const path = requireConfigPath(io.environment)
  const ownToken = join(dirname(path), 'token')
  const files: [file: string, text: string][] = [
    [path, buildConfigText(server, tokenFile === undefined ? ownToken : resolve(tokenFile))],
    ...(tokenFile === undefined ? [createTokenFile(ownToken)] : []),
  ]
  for (const [file] of files) if (existsSync(file)) throw createExistsError(file)
  makeConfigFolder(dirname(path))
  for (const [file, text] of files) writeNew(file, text)
  const lines = [
    `Wrote ${path}: commands now use ${server}.`,
    ...(tokenFile === undefined
      ? [
          `Wrote a new token to ${ownToken}. Start the server with it:`,
          `  CAPSTAN_TOKEN_FILE=${quoteShellWord(ownToken)} ${io.program} up`,
        ]
      : []),
  ]
  io.err(formatForTerminal(io, 'err', `${lines.join('\n')}\n`))
  return EXIT.ok
}

function buildConfigText(server: string, tokenFile: string): string {
  const context = stringify({ server, tokenFile }).trimEnd().replaceAll(/^/gm, '    ')
  return `# Servers that \`capstan\` talks to. Options and CAPSTAN_SERVER win over this file.

# The context that commands use; another one for a single command: --context NAME
current: local

contexts:
  local:
    # http:// or https://, with a path where the server has one.
${context}
  # prod:
  #   server: https://capstan.example.com
  #   # File that holds nothing but the token; the token itself never stands here.
  #   tokenFile: /path/to/token
`
}

function createTokenFile(file: string): [file: string, text: string] {
  return [file, `${randomBytes(TOKEN_BYTES).toString('hex')}\n`]
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw new CliError(`${path} cannot be written`, {
      exitCode: EXIT.usage,
      why: error instanceof Error ? error.message : undefined,
      fix: 'Set XDG_CONFIG_HOME to a folder of this user.',
      cause: error,
    })
  }
}

function createExistsError(path: string): CliError {
  return new CliError(`${path} exists already`, {
    exitCode: EXIT.usage,
    why: 'Existing files are not replaced.',
    fix: 'Edit it, or add a server with `capstan config set-context NAME --server URL`.',
  })
}
