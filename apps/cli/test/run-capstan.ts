import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { runCli } from '../src/cli.ts'
import type { Io } from '../src/io.ts'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { until } from '@capstan/testkit/until'

export interface CommandResult {
  code: number
  /** What went to stdout. */
  out: string
  /** What went to stderr. */
  err: string
}

export interface CommandEnvironment {
  environment?: Record<string, string>
  /** Both streams are a terminal this wide. */
  terminal?: number
  interrupted?: AbortSignal
  /** What the user types when asked; without it there is no terminal to ask on. */
  answer?: string
}

/** One command line in this process, its streams kept apart. */
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
  /** Waits until stderr or stdout has this text. */
  says(text: string): Promise<void>
  /** The exit code; null when a signal ended it. */
  ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
  /** What `| head` does. */
  closeOutput(): void
}

/** The real program as a process; it is killed with the test when it still runs. */
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
    says: async (text) => {
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
  // `close` comes after the last output, `exit` may come before it.
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}
