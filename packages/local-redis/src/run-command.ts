import { execFile } from 'node:child_process'

export interface CommandOptions {
  deadlineMs: number
  signal: AbortSignal
  directory?: string
  /** The whole environment of the command. Default: the one of this process. */
  environment?: Record<string, string>
}

/** Runs a command and returns its stdout. Throws with the last line of stderr when it fails or exceeds the deadline. */
export async function runCommand(
  command: string,
  args: string[],
  options: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      {
        timeout: options.deadlineMs,
        killSignal: 'SIGKILL',
        signal: options.signal,
        maxBuffer: 16 * 1024 * 1024,
        ...(options.directory === undefined ? {} : { cwd: options.directory }),
        ...(options.environment === undefined ? {} : { env: options.environment }),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const why = error.killed ? `no end within ${options.deadlineMs} ms` : takeLastLine(stderr)
        reject(new Error(`${command} failed: ${why || error.message}`, { cause: error }))
      },
    ).stdin?.end()
  })
}

function takeLastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
