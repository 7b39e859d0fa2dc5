import { backoffMs } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
// Runs one Redis for one parent process. When the parent ends, even by kill -9, its channel closes and the guard stops Redis.
// When Redis ends, the guard starts it again with the same data and port.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GuardReport, GuardPlan, GuardCommand } from './guard-messages.ts'
import { lockFolder } from './lock-folder.ts'
import { shutDownOrphan } from './shut-down-orphan.ts'

const STOP_MS = 10_000
// A server that ends more often within a minute has a fault that a restart does not fix.
const RESTARTS_A_MINUTE = 5
const RESTART_STEPS = { firstMs: 100, longestMs: 10_000 }

let server: ChildProcess | undefined
let stopping = false
let keep = false

process.on('disconnect', stop)
process.on('SIGTERM', stop)
// A terminal sends these to all its processes. Redis must outlive the parent, whose end stops the guard.
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
process.on('message', (message: GuardCommand) => {
  if (message.type === 'run') void guard(message.plan).catch(leaveWithFault)
  else if (message.type === 'keep') keep = true
  else stop()
})

async function guard(plan: GuardPlan): Promise<void> {
  const lock = await lockFolder(plan.directory, process.ppid)
  if (!lock.locked) return leave({ type: 'refused', ownerPid: lock.ownerPid })
  const configFile = join(plan.directory, 'redis.conf')
  await shutDownOrphan(configFile)
  await writeFile(configFile, plan.config, { mode: 0o600 })

  const ends: number[] = []
  for (;;) {
    if (stopping) return leave({ type: 'ended', output: '' })
    const output = await runServer(plan)
    ends.push(performance.now())
    const recent = ends.filter((at) => performance.now() - at < 60_000).length
    if (stopping || !keep || recent > RESTARTS_A_MINUTE) return leave({ type: 'ended', output })
    await sleep(backoffMs(recent, RESTART_STEPS))
  }
}

/** Runs the server until it ends. Returns the end of its output. */
async function runServer(plan: GuardPlan): Promise<string> {
  let output = ''
  server = spawn(plan.command, plan.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(plan.environment === undefined ? {} : { env: plan.environment }),
  })
  const keepTail = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-2_000)
  }
  server.stdout?.on('data', keepTail)
  server.stderr?.on('data', keepTail)
  server.once('spawn', () => report({ type: 'started', pid: server?.pid ?? 0 }))
  server.once('error', (error) => (output += error.message))
  await once(server, 'close').catch(() => undefined)
  return output
}

function stop(): void {
  stopping = true
  const running = server
  // No server runs. A pending start checks `stopping` first.
  if (!running || running.exitCode !== null || running.signalCode !== null) return
  running.kill('SIGTERM')
  setTimeout(() => running.kill('SIGKILL'), STOP_MS).unref()
}

function report(message: GuardReport, onSent?: () => void): void {
  // The channel may be closed already; then there is no receiver.
  if (process.connected) process.send?.(message, undefined, undefined, () => onSent?.())
  else onSent?.()
}

/** For example when the folder cannot be written. */
function leaveWithFault(error: unknown): void {
  leave({ type: 'ended', output: error instanceof Error ? error.message : 'unknown error' })
}

function leave(message: GuardReport): void {
  report(message, () => process.exit(0))
}
