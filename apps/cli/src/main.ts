#!/usr/bin/env node
import { foldProxyNames } from '@capstan/shared/config/network-settings'
import { neverBlock } from '@capstan/shared/log/never-block'
import { runCli } from './cli.ts'
import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'

// A terminal and a package manager in between may both pass one Ctrl-C on; SIGTERM comes from programs, and each caller
// between them repeats it in its own time.
const ONE_ASK_MS = { SIGINT: 500, SIGTERM: 2_000 }
/** After a signal, a reader that does not read holds the end up only so long. */
const LAST_WORDS_MS = 1_000

const interrupt = new AbortController()
let askedAt = Number.NEGATIVE_INFINITY
function onSignal(signal: keyof typeof ONE_ASK_MS): void {
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

neverBlock(process.stdout)
neverBlock(process.stderr)
// `capstan get … | head` closes the pipe early; that is no error. A closed stderr leaves no place to report it.
process.stdout.on('error', () => process.exit(EXIT.ok))
process.stderr.on('error', () => undefined)

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: () => process.stderr.columns ?? process.stdout.columns ?? 100,
  environment: foldProxyNames(process.env),
  interrupted: interrupt.signal,
}
const exitCode = await runCli(process.argv.slice(2), io)
// Ends at once, but not before the readers of both pipes have everything.
const leave = (): never => process.exit(exitCode)
if (interrupt.signal.aborted) setTimeout(leave, LAST_WORDS_MS)
else interrupt.signal.addEventListener('abort', leave)
process.stdout.write('', () => process.stderr.write('', leave))
