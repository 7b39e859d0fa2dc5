import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ServedProvider } from '@capstan/shared/contract/worker-status'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import { openChildLog, type ChildLog, type LogTarget } from './child-log.ts'

export type ChildApp = 'api' | 'worker' | 'cluster-sim' | 'provider-sim'

export interface ChildPlan {
  app: ChildApp
  /** Used in messages and as the name of the log file, for example `worker-1`. */
  name: string
  environment: Record<string, string>
  log: LogTarget
  /** Called with the providers of a worker when it starts and when they change. */
  onProviders?: ((providers: ServedProvider[]) => void) | undefined
}

export interface ChildEnd {
  /** For example `exit code 1` or `signal SIGKILL`. */
  how: string
  /** The exit code means that the settings are invalid. */
  isMisconfigured: boolean
  lastLines: string[]
}

/** A running app of this repository. */
export interface Child {
  pid: number
  url: string
  ended: Promise<ChildEnd>
  /** Sends SIGTERM, waits, and sends SIGKILL after a timeout. */
  stop(): Promise<void>
}

const READY_MS = 60_000
/** Longer than the shutdown timeout of every app. */
const STOP_MS = 30_000
/** EX_CONFIG of sysexits.h. */
const MISCONFIGURED = 78

const Ready = z.object({ ready: z.literal(true), url: z.url() })
const Providers = z.object({ providers: z.array(ServedProvider) })

/**
 * Starts the `main.ts` of an app and waits until it is ready. The IPC channel ties their lifetimes together:
 * the child stops when this process ends, even by SIGKILL. Throws CliError with the last log lines when the
 * start fails.
 */
export async function startChild(plan: ChildPlan, signal: AbortSignal): Promise<Child> {
  signal.throwIfAborted()
  const log = openChildLog(plan.log, plan.name)
  const folder = plan.app.endsWith('-sim') ? 'sims' : 'apps'
  const program = `../../../../${folder}/${plan.app}/src/main.ts`
  const main = fileURLToPath(new URL(program, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: plan.environment,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    // A session of its own: Ctrl-C in the terminal reaches only this process, which stops its children in
    // order.
    detached: true,
  })
  child.on('message', (message) => {
    const { data } = Providers.safeParse(message)
    if (data) plan.onProviders?.(data.providers)
  })
  const ended = awaitEnd(child, log)
  const stop = (): Promise<void> => stopChild(child, ended)
  try {
    const url = await awaitReadyUrl(child, ended, signal)
    return { pid: child.pid ?? 0, url, ended, stop }
  } catch (error) {
    child.kill('SIGKILL')
    const end = await ended
    throw error instanceof NotReady ? createNotStartedError(plan, end, log) : error
  }
}

class NotReady extends Error {}

async function awaitEnd(child: ChildProcess, log: ChildLog): Promise<ChildEnd> {
  const [code, how] = await new Promise<[number | null, string]>((resolve) => {
    child.once('error', (error) => resolve([null, error.message]))
    child.once('exit', (exitCode, signal) =>
      resolve([exitCode, exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`]),
    )
  })
  const lastLines = log.tail()
  log.close()
  return { how, isMisconfigured: code === MISCONFIGURED, lastLines }
}

async function awaitReadyUrl(
  child: ChildProcess,
  ended: Promise<ChildEnd>,
  signal: AbortSignal,
): Promise<string> {
  const late = AbortSignal.timeout(READY_MS)
  const given = AbortSignal.any([signal, late])
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(late.aborted ? new NotReady() : given.reason)
    given.addEventListener('abort', giveUp, { once: true })
    child.on('message', (message) => {
      const { success, data } = Ready.safeParse(message)
      if (success) resolve(data.url)
    })
    void ended.then(() => reject(new NotReady()))
  })
}

async function stopChild(child: ChildProcess, ended: Promise<ChildEnd>): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(late)
}

function createNotStartedError({ name }: ChildPlan, end: ChildEnd, log: ChildLog): CliError {
  return new CliError(`The ${name} did not start`, {
    exitCode: end.isMisconfigured ? EXIT.usage : EXIT.unexpected,
    why: [end.how, ...end.lastLines].join('\n'),
    fix: `Its log is ${log.place}.`,
  })
}
