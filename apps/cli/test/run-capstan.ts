import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runCli } from '../src/cli.ts'
import type { Io } from '../src/io.ts'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

export interface CommandResult {
  code: number
  /** Content of stdout. */
  out: string
  /** Content of stderr. */
  err: string
}

export interface CommandEnvironment {
  environment?: Record<string, string>
  /** Both streams are a terminal of this width. */
  terminal?: number
  interrupted?: AbortSignal
  /** The answer that the user types; without it there is no terminal. */
  answer?: string
}

/** Runs one command line in this process, with separate streams. */
export async function runCapstan(
  args: string[],
  surroundings: CommandEnvironment = {},
): Promise<CommandResult> {
  const { environment = {}, terminal, interrupted, answer } = surroundings
  const [out, err]: [string[], string[]] = [[], []]
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ask: async (question) => {
      err.push(question)
      return answer
    },
    canAsk: answer !== undefined,
    outIsTerminal: terminal !== undefined,
    errIsTerminal: terminal !== undefined,
    columns: () => terminal ?? 100,
    program: 'capstan',
    environment,
    interrupted: interrupted ?? new AbortController().signal,
  }
  const code = await runCli(args, io)
  return { code, out: out.join(''), err: err.join('') }
}

export interface RunningCapstan {
  pid: number
  out(): string
  err(): string
  /** Waits until stderr or stdout contains this text. */
  waitForText(text: string): Promise<void>
  /** The exit code; null when a signal ended the process. */
  ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
  /** Closes the reader of stdout, as `| head` does. */
  closeOutput(): void
}

/** Starts the real program as a process. It is killed at the end of the test if it still runs. */
export function spawnCapstan(
  args: string[],
  environment: Record<string, string> = {},
): RunningCapstan {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()))
  const ended = endOf(child)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid ?? -1,
    out: () => written.out,
    err: () => written.err,
    waitForText: async (text) => {
      await until(`"${text}"; so far: ${written.out}${written.err}`, () => {
        const isOver = child.exitCode !== null || child.signalCode !== null
        if (`${written.out}${written.err}`.includes(text)) return true
        if (isOver) throw new Error(`ended without "${text}": ${written.out}${written.err}`)
        return undefined
      })
    },
    ended,
    kill: (signal) => void child.kill(signal),
    closeOutput: () => child.stdout.destroy(),
  }
}

async function endOf(child: ChildProcess): Promise<number | null> {
  // `close` follows the last output; `exit` may precede it.
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}
