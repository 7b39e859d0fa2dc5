import { fileURLToPath } from 'node:url'
import { foldProxyNames } from '@capstan/shared/config/fold-proxy-names'
import { disableBlockingWrites } from '@capstan/shared/log/disable-blocking-writes'
import { runCli } from '../cli.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { askLine } from './ask-line.ts'
import { findProgramName } from './find-program-name.ts'

// A terminal and a package manager may both forward one Ctrl-C. SIGTERM comes from programs, and each parent
// process forwards it with its own delay. Repeats within this time count as one signal.
const ONE_ASK_MS = { SIGINT: 500, SIGTERM: 2_000 }
/** After a signal, a blocked reader of the output delays the exit by at most this time. */
const LAST_WORDS_MS = 1_000
/** Default for a stream that is not a terminal or does not report its width. */
const USUAL_COLUMNS = 80

/**
 * Runs the command line with the streams and signals of this process, then exits. `mainUrl` is the URL of the
 * main module.
 */
export async function runProcess(
  given: Record<string, string | undefined>,
  mainUrl: string,
): Promise<never> {
  const interrupt = followSignals()
  disableBlockingWrites(process.stdout)
  disableBlockingWrites(process.stderr)
  // `capstan get … | head` closes the pipe early, which is not an error. A closed stderr cannot report one.
  process.stdout.on('error', () => process.exit(EXIT.ok))
  process.stderr.on('error', () => undefined)
  const environment = foldProxyNames(given)
  const main = fileURLToPath(mainUrl)
  const io: Io = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: (question) => askLine(question, interrupt),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: () => process.stderr.columns || process.stdout.columns || USUAL_COLUMNS,
    program: findProgramName({ main, directory: process.cwd(), environment }),
    environment,
    interrupted: interrupt,
  }
  const exitCode = await runCli(process.argv.slice(2), io)
  // Exits once the readers of both pipes have received all output.
  await new Promise<void>((resolve) => {
    if (interrupt.aborted) setTimeout(resolve, LAST_WORDS_MS)
    else interrupt.addEventListener('abort', () => resolve())
    process.stdout.write('', () => process.stderr.write('', () => resolve()))
  })
  process.exit(exitCode)
}

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. A second Ctrl-C or SIGTERM ends the process at once. */
function followSignals(): AbortSignal {
  const interrupt = new AbortController()
  let askedAt = Number.NEGATIVE_INFINITY
  const onSignal = (signal: keyof typeof ONE_ASK_MS): void => {
    // The first signal lets the command report what continues without it. The second exits at once.
    const isSecond = interrupt.signal.aborted && performance.now() - askedAt > ONE_ASK_MS[signal]
    if (isSecond) process.exit(EXIT.interrupted)
    if (!interrupt.signal.aborted) askedAt = performance.now()
    interrupt.abort()
  }
  process.on('SIGINT', () => onSignal('SIGINT'))
  process.on('SIGTERM', () => onSignal('SIGTERM'))
  // The terminal was closed, perhaps by the first Ctrl-C. Cleanup still runs.
  process.on('SIGHUP', () => interrupt.abort())
  return interrupt.signal
}
