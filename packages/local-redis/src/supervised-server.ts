import { sleep } from '@capstan/shared/async/sleep'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AppError } from '@capstan/shared/errors'
import type { RedisServerInfo } from '@capstan/redis/check-server'
import { probeRedisServer } from '@capstan/redis/probe-server'
import { requiresPassword } from './requires-password.ts'
import type { SupervisorReport, SupervisorPlan, SupervisorCommand } from './supervisor-messages.ts'

export interface SupervisedServer {
  facts: RedisServerInfo
  /** Stops the server, then its supervisor. Keeps the data. May be called twice. */
  stop(): Promise<void>
}

export interface SupervisedServerOptions {
  plan: SupervisorPlan
  url: string
  readyWithinMs: number
  onProgress: (line: string) => void
  signal: AbortSignal
}

const STOP_MS = 15_000

/** Starts a Redis under a supervisor (supervisor.ts) and waits until it is ready. Throws AppError REDIS_UNAVAILABLE. */
export async function startSupervised(start: SupervisedServerOptions): Promise<SupervisedServer> {
  const supervisor = fork(fileURLToPath(new URL('supervisor.ts', import.meta.url)), {
    // A session of its own: Ctrl-C in the terminal must not stop Redis before its clients have stopped.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const watch = watchSupervisor(supervisor, start)
  send(supervisor, { type: 'run', plan: start.plan })
  try {
    const facts = await waitUntilReady(start, watch)
    send(supervisor, { type: 'restart-on-exit' })
    // The process may end without `stop`; the closed channel then stops the supervisor.
    supervisor.unref()
    supervisor.channel?.unref()
    watch.isReady = true
    return { facts, stop: () => stopSupervisor(supervisor, watch) }
  } catch (error) {
    await stopSupervisor(supervisor, watch)
    throw error
  }
}

interface Watch {
  failure: AppError | undefined
  isReady: boolean
  isStopping: boolean
  serverPid: number
}

function watchSupervisor(
  supervisor: ChildProcess,
  { plan, onProgress }: SupervisedServerOptions,
): Watch {
  const watch: Watch = { failure: undefined, isReady: false, isStopping: false, serverPid: 0 }
  supervisor.on('message', (message: SupervisorReport) => {
    if (message.type === 'refused')
      watch.failure = createInUseError(plan.directory, message.ownerPid)
    else if (message.type === 'ended') watch.failure = createFailedError(plan, message.output)
    else {
      if (watch.isReady)
        onProgress('Redis ended unexpectedly and was restarted with the same data.')
      watch.serverPid = message.pid
    }
  })
  supervisor.once('error', (error) => (watch.failure ??= createFailedError(plan, error.message)))
  supervisor.once('exit', (code, signal) => {
    watch.failure ??= createFailedError(plan, `its supervisor ended with ${code ?? signal}`)
    if (watch.isStopping) return
    // Only a killed supervisor leaves its server running.
    if (signal !== null) endProcess(watch.serverPid)
    if (watch.isReady) onProgress(`Redis stopped: ${watch.failure.message}`)
  })
  return watch
}

async function waitUntilReady(
  start: SupervisedServerOptions,
  watch: Watch,
): Promise<RedisServerInfo> {
  const deadline = performance.now() + start.readyWithinMs
  for (;;) {
    start.signal.throwIfAborted()
    if (watch.failure) throw watch.failure
    // Until the process of this server runs, a reply on the port comes from another server.
    const facts = watch.serverPid > 0 && (await tryProbe(start))
    if (facts) return facts
    if (performance.now() > deadline) {
      throw createFailedError(start.plan, `no reply within ${start.readyWithinMs} ms`)
    }
    await sleep(20)
  }
}

/** Checks that a password is required. ioredis would connect to another server without a password and only log a warning. */
async function tryProbe(start: SupervisedServerOptions): Promise<RedisServerInfo | undefined> {
  const facts = await probeRedisServer(start.url, start.signal).catch(() => undefined)
  return facts && (await requiresPassword(start.url)) ? facts : undefined
}

async function stopSupervisor(supervisor: ChildProcess, watch: Watch): Promise<void> {
  watch.isStopping = true
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return
  supervisor.ref()
  const exit = once(supervisor, 'exit')
  send(supervisor, { type: 'stop' })
  const killTimer = setTimeout(() => {
    supervisor.kill('SIGKILL')
    endProcess(watch.serverPid)
  }, STOP_MS)
  await exit
  clearTimeout(killTimer)
}

function send(supervisor: ChildProcess, message: SupervisorCommand): void {
  // The exit event reports a supervisor that has ended.
  if (supervisor.connected) supervisor.send(message, () => undefined)
}

function endProcess(pid: number): void {
  if (pid <= 0) return
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // It has ended already.
  }
}

function createInUseError(directory: string, ownerPid: number): AppError {
  const owner = ownerPid > 0 ? ` (process ${ownerPid})` : ''
  return new AppError(
    'REDIS_UNAVAILABLE',
    `Another Capstan${owner} uses the data in ${directory}.`,
    { hint: 'Stop it first, give this one another data directory, or share a Redis by REDIS_URL.' },
  )
}

function createFailedError(plan: SupervisorPlan, output: string): AppError {
  const tail = output.trim().split('\n').slice(-3).join(' | ').slice(-500)
  return new AppError('REDIS_UNAVAILABLE', `Redis (${plan.command}) failed: ${tail}`, {
    hint: `If a newer Redis wrote the data in ${plan.directory}, use that version or move the folder; or set REDIS_URL.`,
  })
}
