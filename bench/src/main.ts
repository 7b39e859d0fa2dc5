import { runBench } from './run-bench.ts'

const interrupt = new AbortController()
function onSignal(): void {
  // The first one lets the scenario take down what it has started; the second one does not wait.
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

const exitCode = await runBench(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  environment: process.env,
  interrupted: interrupt.signal,
})
// Ends at once, but not before the reader of a pipe has everything.
process.stdout.write('', () => process.exit(exitCode))
