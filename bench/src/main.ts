import { runBench } from './run-bench.ts'

const interrupt = new AbortController()
function onSignal(): void {
  // The first signal lets the scenario stop what it started; the second exits at once.
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
// Exits once the reader of a pipe has received everything.
process.stdout.write('', () => process.exit(exitCode))
