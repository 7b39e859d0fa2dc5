import { fileURLToPath } from 'node:url'
import { foldProxyNames } from '@capstan/shared/config/fold-proxy-names'
import { disableBlockingWrites } from '@capstan/shared/log/disable-blocking-writes'
import { runCli } from '../cli.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { askLine } from './ask-line.ts'
import { programName } from './program-name.ts'

// A terminal and a package manager in between may both pass one Ctrl-C on; SIGTERM comes from programs, and each caller
// between them repeats it in its own time.
const ONE_ASK_MS = { SIGINT: 500, SIGTERM: 2_000 }
/** After a signal, a reader that does not read holds the end up only so long. */
const LAST_WORDS_MS = 1_000
/** Of a stream that is no terminal, or of a terminal that does not say. */
const USUAL_COLUMNS = 80

/** Runs the command line of this process, with its streams and signals, and ends it. `mainUrl` is that of its main module. */
export async function runProcess(
  given: Record<string, string | undefined>,
  mainUrl: string,
): Promise<never> {
  const interrupt = followSignals()
  disableBlockingWrites(process.stdout)
  disableBlockingWrites(process.stderr)
  // `capstan get … | head` closes the pipe early; that is no error. A closed stderr leaves no place to report it.
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
    program: programName({ main, directory: process.cwd(), environment }),
    environment,
    interrupted: interrupt,
  }
  const exitCode = await runCli(process.argv.slice(2), io)
  // Ends at once, but not before the readers of both pipes have everything.
  await new Promise<void>((resolve) => {
    if (interrupt.aborted) setTimeout(resolve, LAST_WORDS_MS)
    else interrupt.addEventListener('abort', () => resolve())
    process.stdout.write('', () => process.stderr.write('', () => resolve()))
  })
  process.exit(exitCode)
}

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C or SIGTERM ends the process at once. */
function followSignals(): AbortSignal {
  const interrupt = new AbortController()
  let askedAt = Number.NEGATIVE_INFINITY
  const onSignal = (signal: keyof typeof ONE_ASK_MS): void => {
    // The first one lets the command say what goes on without it; the second one does not wait.
    const isSecond = interrupt.signal.aborted && performance.now() - askedAt > ONE_ASK_MS[signal]
    if (isSecond) process.exit(EXIT.interrupted)
    if (!interrupt.signal.aborted) askedAt = performance.now()
    interrupt.abort()
  }
  process.on('SIGINT', () => onSignal('SIGINT'))
  process.on('SIGTERM', () => onSignal('SIGTERM'))
  // The terminal is gone, perhaps because of the Ctrl-C before it: no reason to leave things lying about.
  process.on('SIGHUP', () => interrupt.abort())
  return interrupt.signal
}
