import { readFileSync } from 'node:fs'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

/**
 * Reads the token: `--token-file`, then CAPSTAN_TOKEN, then the file that CAPSTAN_TOKEN_FILE names.
 * There is no `--token` option because every user of the machine can read command arguments.
 */
export function readToken(
  tokenFile: string | undefined,
  environment: Record<string, string | undefined>,
): string | undefined {
  if (tokenFile !== undefined) return readTokenFile(tokenFile)
  if (environment['CAPSTAN_TOKEN']) return checkToken(environment['CAPSTAN_TOKEN'], 'CAPSTAN_TOKEN')
  const named = environment['CAPSTAN_TOKEN_FILE']
  return named ? readTokenFile(named) : undefined
}

function readTokenFile(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`The token file ${file} cannot be read`, {
      exitCode: EXIT.usage,
      why: error instanceof Error ? error.message : undefined,
      fix: 'Name a file that contains only the token.',
      cause: error,
    })
  }
  return checkToken(text.trim(), file)
}

/** Header values are visible ASCII. An invalid token would otherwise fail later, in an error that quotes it. */
function checkToken(token: string, source: string): string {
  if (/^[\x21-\x7E]+$/.test(token)) return token
  throw new CliError(`The token in ${source} is invalid`, {
    exitCode: EXIT.usage,
    why:
      token === ''
        ? 'It is empty.'
        : 'It contains spaces or characters that are invalid in a header.',
    fix: 'Store only the token, on one line.',
  })
}
