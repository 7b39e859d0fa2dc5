import { isSupportedVersion } from '@capstan/redis/check-server'
import { findOnPath } from './find-on-path.ts'
import { runCommand } from './run-command.ts'

/** A redis-server program that runs on this machine. */
export interface ServerProgram {
  command: string
  /** The whole environment of the program: the path of its libraries if they are not those of the system. */
  environment: Record<string, string>
  product: string
  version: string
}

/** Reads the version of a program. Returns undefined and reports it when the program does not run or is too old. */
export async function tryServerProgram(
  command: string,
  environment: Record<string, string>,
  { onProgress, signal }: { onProgress: (line: string) => void; signal: AbortSignal },
): Promise<ServerProgram | undefined> {
  const text = await runCommand(command, ['--version'], {
    deadlineMs: 5_000,
    signal,
    environment,
  }).catch((error: Error) => {
    signal.throwIfAborted()
    onProgress(`${command} exists but does not run: ${error.message}`)
    return ''
  })
  const found = parseVersionLine(text)
  if (!found) return undefined
  if (isSupportedVersion(found.product, found.version)) return { command, environment, ...found }
  onProgress(
    `${command} is version ${found.version}; Capstan needs 6.2 or later, so it is not used.`,
  )
  return undefined
}

/** Finds redis-server or valkey-server in `path`, if its version is supported. */
export async function findServerOnPath(
  path: string,
  options: { onProgress: (line: string) => void; signal: AbortSignal },
): Promise<ServerProgram | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    const command = await findOnPath(name, path)
    const program = command && (await tryServerProgram(command, {}, options))
    if (program) return program
  }
  return undefined
}

/** Parses `Redis server v=7.0.15 sha=…` and `Valkey server v=8.0.1 sha=…`. */
export function parseVersionLine(text: string): { product: string; version: string } | undefined {
  const match = /^(Redis|Valkey) server v=(\d+\.\d+[\w.-]*)/m.exec(text)
  if (!match?.[1] || !match[2]) return undefined
  return { product: match[1].toLowerCase(), version: match[2] }
}
