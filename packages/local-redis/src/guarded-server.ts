import { sleep } from '@capstan/shared/async/sleep'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AppError } from '@capstan/shared/errors'
import type { RedisServerInfo } from '@capstan/redis/check-server'
import { probeRedisServer } from '@capstan/redis/probe-server'
import { requiresPassword } from './requires-password.ts'
import type { GuardReport, GuardPlan, GuardCommand } from './guard-messages.ts'

export interface GuardedServer {
  facts: RedisServerInfo
  /** Stops the server, then its guard. Keeps the data. May be called twice. */
  stop(): Promise<void>
}

export interface GuardedServerOptions {
  plan: GuardPlan
  url: string
  readyWithinMs: number
  onProgress: (line: string) => void
  signal: AbortSignal
}

const STOP_MS = 15_000

/** Starts a Redis under a guard (guard.ts) and waits until it is ready. Throws AppError REDIS_UNAVAILABLE. */
export async function startGuarded(start: GuardedServerOptions): Promise<GuardedServer> {
  const guard = fork(fileURLToPath(new URL('guard.ts', import.meta.url)), {
    // A session of its own: Ctrl-C in the terminal must not stop Redis before its clients have stopped.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const watch = watchGuard(guard, start)
  send(guard, { type: 'run', plan: start.plan })
  try {
    const facts = await waitUntilReady(start, watch)
    send(guard, { type: 'keep' })
    // The process may end without `stop`; the closed channel then stops the guard.
    guard.unref()
    guard.channel?.unref()
    watch.isReady = true
    return { facts, stop: () => stopGuard(guard, watch) }
  } catch (error) {
    await stopGuard(guard, watch)
    throw error
  }
}

interface Watch {
  failure: AppError | undefined
  isReady: boolean
  isStopping: boolean
  serverPid: number
}

function watchGuard(guard: ChildProcess, { plan, onProgress }: GuardedServerOptions): Watch {
  const watch: Watch = { failure: undefined, isReady: false, isStopping: false, serverPid: 0 }
  guard.on('message', (message: GuardReport) => {
    if (message.type === 'refused') watch.failure = refusal(plan.directory, message.ownerPid)
    else if (message.type === 'ended') watch.failure = ended(plan, message.output)
    else {
      if (watch.isReady)
        onProgress('Redis ended unexpectedly and was restarted with the same data.')
      watch.serverPid = message.pid
    }
  })
  guard.once('error', (error) => (watch.failure ??= ended(plan, error.message)))
  guard.once('exit', (code, signal) => {
    watch.failure ??= ended(plan, `its guard ended with ${code ?? signal}`)
    if (watch.isStopping) return
    // Only a killed guard leaves its server running.
    if (signal !== null) endProcess(watch.serverPid)
    if (watch.isReady) onProgress(`Redis stopped: ${watch.failure.message}`)
  })
  return watch
}

async function waitUntilReady(start: GuardedServerOptions, watch: Watch): Promise<RedisServerInfo> {
  const deadline = performance.now() + start.readyWithinMs
  for (;;) {
    start.signal.throwIfAborted()
    if (watch.failure) throw watch.failure
    // Until the process of this server runs, a reply on the port comes from another server.
    const facts = watch.serverPid > 0 && (await tryProbe(start))
    if (facts) return facts
    if (performance.now() > deadline) {
      throw ended(start.plan, `no reply within ${start.readyWithinMs} ms`)
    }
    await sleep(20)
  }
}

/** Checks that a password is required. ioredis would connect to another server without a password and only log a warning. */
async function tryProbe(start: GuardedServerOptions): Promise<RedisServerInfo | undefined> {
  const facts = await probeRedisServer(start.url, start.signal).catch(() => undefined)
  return facts && (await requiresPassword(start.url)) ? facts : undefined
}

async function stopGuard(guard: ChildProcess, watch: Watch): Promise<void> {
  watch.isStopping = true
  if (guard.exitCode !== null || guard.signalCode !== null) return
  guard.ref()
  const gone = once(guard, 'exit')
  send(guard, { type: 'stop' })
  const late = setTimeout(() => {
    guard.kill('SIGKILL')
    endProcess(watch.serverPid)
  }, STOP_MS)
  await gone
  clearTimeout(late)
}

function send(guard: ChildProcess, message: GuardCommand): void {
  // The exit event reports a guard that has ended.
  if (guard.connected) guard.send(message, () => undefined)
}

function endProcess(pid: number): void {
  if (pid <= 0) return
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // It has ended already.
  }
}

function refusal(directory: string, ownerPid: number): AppError {
  const owner = ownerPid > 0 ? ` (process ${ownerPid})` : ''
  return new AppError(
    'REDIS_UNAVAILABLE',
    `Another Capstan${owner} uses the data in ${directory}.`,
    { hint: 'Stop it first, give this one another data directory, or share a Redis by REDIS_URL.' },
  )
}

function ended(plan: GuardPlan, output: string): AppError {
  const last = output.trim().split('\n').slice(-3).join(' | ').slice(-500)
  return new AppError('REDIS_UNAVAILABLE', `Redis (${plan.command}) failed: ${last}`, {
    hint: `If a newer Redis wrote the data in ${plan.directory}, use that version or move the folder; or set REDIS_URL.`,
  })
}
