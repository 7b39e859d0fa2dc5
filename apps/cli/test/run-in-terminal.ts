import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import stringWidth from 'string-width'

/** Program of util-linux. */
const SCRIPT = 'script'

/** Why tests that need a pseudo-terminal cannot run here; undefined when they can. */
export const NO_TERMINAL =
  spawnSync(SCRIPT, ['-qec', 'stty size', '/dev/null'], { stdio: 'pipe' }).status === 0
    ? undefined
    : 'no `script` of util-linux with `stty` here'

export interface TerminalRun {
  /** Content of stdout and stderr without control sequences. */
  text(): string
  shows(text: string): Promise<void>
  /** For example `y\n`; `\u0003` is Ctrl-C. */
  type(text: string): void
  ended: Promise<number | null>
}

export interface TerminalOptions {
  columns: number
  environment?: Record<string, string>
}

/**
 * Starts the real program in a pseudo-terminal of this width. It is killed at the end of the test if it still
 * runs.
 */
export function runInTerminal(
  args: string[],
  { columns, environment = {} }: TerminalOptions,
): TerminalRun {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn(
    SCRIPT,
    ['-qec', `stty cols ${columns} -echo; exec ${command}`, '/dev/null'],
    {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      env: {
        PATH: process.env['PATH'] ?? '',
        SHELL: '/bin/sh',
        TERM: 'xterm',
        ...COMPILE_CACHE,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let written = ''
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const text = (): string => stripVTControlCharacters(written).replaceAll('\r', '')
  return {
    text,
    shows: async (expected) => {
      await until(`"${expected}"; so far: ${text()}`, () => {
        if (text().includes(expected)) return true
        if (child.exitCode !== null) throw new Error(`ended without "${expected}": ${text()}`)
        return undefined
      })
    },
    type: (keys) => void child.stdin.write(keys),
    ended,
  }
}

/** Finds lines that are wider than the terminal although they contain a space. */
export function findTooWideLines(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => stringWidth(line) > columns && line.trim().includes(' '))
}
