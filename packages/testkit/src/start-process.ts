import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { NO_CURATED_ANSWERS } from './app-host/no-curated-answers.ts'
import { COMPILE_CACHE } from './compile-cache.ts'

export interface RunningProcess {
  /** URL from its ready message. */
  url: string
  pid: number
  /** Output to stdout and stderr so far. */
  output(): string
  /** Sends the signal and waits for the exit. Returns the exit code, or null after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Programs of this repository that can run as separate processes. */
export type AppName = 'api' | 'worker' | 'provider-sim' | 'cluster-sim'

const appFolder = (app: AppName): string => `${app.endsWith('-sim') ? 'sims' : 'apps'}/${app}`

/**
 * Starts the `main.ts` of an app and waits until it is ready. It gets only `environment` (and PATH), so that
 * tests do not depend on the machine. Curated answers are off, so that every type of a scan is a job. Throws with the
 * output when it exits first.
 */
export async function startProcess(
  app: AppName,
  environment: Record<string, string>,
): Promise<RunningProcess> {
  const main = fileURLToPath(new URL(`../../../${appFolder(app)}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...COMPILE_CACHE,
      ...NO_CURATED_ANSWERS,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let written = ''
  child.stdout?.on('data', (chunk: Buffer) => (written += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const url = await readyUrl(child, () => `${app}: ${written.slice(-4000)}`)
  return {
    url,
    pid: child.pid ?? -1,
    output: () => written,
    stop: (signal = 'SIGTERM') => stopChild(child, signal),
  }
}

async function readyUrl(child: ChildProcess, describe: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve(message.url))
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`ended with ${code ?? signal} before it was ready\n${describe()}`)),
    )
  })
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
  return child.exitCode
}
