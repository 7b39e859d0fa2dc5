import { spawn } from 'node:child_process'

export interface ProgramOptions {
  environment: Record<string, string | undefined>
  /** The program is killed after this time. */
  maxMs: number
  /** Kills the program when it aborts. */
  signal: AbortSignal
}

export type ProgramResult =
  | { outcome: 'succeeded'; output: string }
  /** `reason` is a predicate, such as `ended with exit code 1`. It quotes no output of the program. */
  | { outcome: 'failed'; reason: string }

/** Limit for the output. A credential has a few KB. */
const MAX_OUTPUT_BYTES = 2 ** 20

/** Runs a program without a terminal and without input. Its standard error is discarded. */
export async function runProgram(
  command: string,
  args: string[],
  { environment, maxMs, signal }: ProgramOptions,
): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>()
  const fail = (reason: string): void => resolve({ outcome: 'failed', reason })
  if (command === '' || [command, ...args].some((text) => text.includes('\0'))) {
    return { outcome: 'failed', reason: 'cannot be started with these arguments' }
  }
  const child = spawn(command, args, {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: maxMs,
    killSignal: 'SIGKILL',
    signal,
  })
  const chunks: Buffer[] = []
  let size = 0
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_OUTPUT_BYTES) chunks.push(chunk)
    else child.kill('SIGKILL')
  })
  child.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : 'unknown error'
    fail(code === 'ENOENT' ? 'was not found' : `could not be started: ${code}`)
  })
  // A child process of a killed program can hold the pipe open.
  child.on('exit', (_code, killedBy) => killedBy !== null && child.stdout.destroy())
  child.on('close', (code, killedBy) => {
    if (size > MAX_OUTPUT_BYTES) fail('printed too much')
    else if (killedBy !== null) fail(`did not end within ${maxMs / 1000} s`)
    else if (code !== 0) fail(`ended with exit code ${code}`)
    else resolve({ outcome: 'succeeded', output: Buffer.concat(chunks).toString('utf8') })
  })
  return promise
}
