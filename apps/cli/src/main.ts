#!/usr/bin/env node
import { runCli } from './cli.ts'
import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'

const interrupt = new AbortController()
function onSignal(): void {
  // The first one lets the command say what goes on without it; the second one does not wait.
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted)
  interrupt.abort()
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)
process.on('SIGHUP', onSignal)

// `capstan get … | head` closes the pipe early; that is no error. A closed stderr has nobody to tell.
process.stdout.on('error', () => process.exit(EXIT.ok))
process.stderr.on('error', () => undefined)

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: () => process.stderr.columns ?? process.stdout.columns ?? 100,
  environment: process.env,
  interrupted: interrupt.signal,
}
const exitCode = await runCli(process.argv.slice(2), io)
// Ends at once, but not before the reader of a pipe has everything.
process.stdout.write('', () => process.exit(exitCode))
