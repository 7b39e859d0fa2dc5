import { readFileSync } from 'node:fs'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

/**
 * The token to present: of --token-file, else CAPSTAN_TOKEN, else the file CAPSTAN_TOKEN_FILE names. Never an
 * argument: arguments are seen by every user of the machine.
 */
export function readToken(
  tokenFile: string | undefined,
  environment: Record<string, string | undefined>,
): string | undefined {
  if (tokenFile !== undefined) return tokenIn(tokenFile)
  if (environment['CAPSTAN_TOKEN']) return checked(environment['CAPSTAN_TOKEN'], 'CAPSTAN_TOKEN')
  const named = environment['CAPSTAN_TOKEN_FILE']
  return named ? tokenIn(named) : undefined
}

function tokenIn(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`The token file ${file} cannot be read`, {
      exitCode: EXIT.usage,
      why: error instanceof Error ? error.message : undefined,
      fix: 'Name a file that holds nothing but the token.',
      cause: error,
    })
  }
  return checked(text.trim(), file)
}

/** A header can carry visible ASCII only; anything else would fail later with a text that quotes the token. */
function checked(token: string, source: string): string {
  if (/^[\x21-\x7E]+$/.test(token)) return token
  throw new CliError(`The token in ${source} is not usable`, {
    exitCode: EXIT.usage,
    why: token === '' ? 'It is empty.' : 'It has spaces or characters no header can carry.',
    fix: 'Put the token alone there, on one line.',
  })
}
