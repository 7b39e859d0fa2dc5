// Runs one Redis for one parent process. When the parent ends, even by kill -9, its channel closes and the supervisor stops Redis.
// When Redis ends, the supervisor starts it again with the same data and port.
import { backoffMs } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { lockFolder } from '@capstan/shared/files/lock-folder'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SupervisorReport, SupervisorPlan, SupervisorCommand } from './supervisor-messages.ts'
import { shutDownOrphan } from './shut-down-orphan.ts'

const STOP_MS = 10_000
// A server that ends more often within a minute has a fault that a restart does not fix.
const RESTARTS_A_MINUTE = 5
const RESTART_STEPS = { firstMs: 100, longestMs: 10_000 }

let server: ChildProcess | undefined
let isStopping = false
let shouldRestart = false

process.on('disconnect', stop)
process.on('SIGTERM', stop)
// A terminal sends these to all its processes. Redis must outlive the parent, whose end stops the supervisor.
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
process.on('message', (message: SupervisorCommand) => {
  if (message.type === 'run') void supervise(message.plan).catch(leaveWithFault)
  else if (message.type === 'restart-on-exit') shouldRestart = true
  else stop()
})

async function supervise(plan: SupervisorPlan): Promise<void> {
  const lock = await lockFolder(plan.directory, process.ppid)
  if (!lock.locked) return leave({ type: 'refused', ownerPid: lock.ownerPid })
  const configFile = join(plan.directory, 'redis.conf')
  await shutDownOrphan(configFile)
  await writeFile(configFile, plan.config, { mode: 0o600 })

  const ends: number[] = []
  for (;;) {
    if (isStopping) return leave({ type: 'ended', output: '' })
    const output = await runServer(plan)
    ends.push(performance.now())
    const recent = ends.filter((at) => performance.now() - at < 60_000).length
    if (isStopping || !shouldRestart || recent > RESTARTS_A_MINUTE)
      return leave({ type: 'ended', output })
    await sleep(backoffMs(recent, RESTART_STEPS))
  }
}

/** Runs the server until it ends. Returns the end of its output. */
async function runServer(plan: SupervisorPlan): Promise<string> {
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
  isStopping = true
  const running = server
  // No server runs. A pending start checks `stopping` first.
  if (!running || running.exitCode !== null || running.signalCode !== null) return
  running.kill('SIGTERM')
  setTimeout(() => running.kill('SIGKILL'), STOP_MS).unref()
}

function report(message: SupervisorReport, onSent?: () => void): void {
  // The channel may be closed already; then there is no receiver.
  if (process.connected) process.send?.(message, undefined, undefined, () => onSent?.())
  else onSent?.()
}

/** For example when the folder cannot be written. */
function leaveWithFault(error: unknown): void {
  leave({ type: 'ended', output: error instanceof Error ? error.message : 'unknown error' })
}

function leave(message: SupervisorReport): void {
  report(message, () => process.exit(0))
}
