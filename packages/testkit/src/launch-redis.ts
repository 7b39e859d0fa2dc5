import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerProgram } from '@capstan/local-redis/server-program'
import { GenericContainer, Wait } from 'testcontainers'
import { findTestServer } from './test-server.ts'

export interface LaunchOptions {
  port: number
  /** Data directory on this machine. */
  directory: string
  /** Additional redis-server arguments. */
  extra: string[]
}

/**
 * Starts a Redis for tests as a process or, without a program, as a container. Returns a function that kills
 * it.
 */
export async function launchRedis(launch: LaunchOptions): Promise<() => Promise<void>> {
  const program = await findTestServer()
  return program ? launchProcess(program, launch) : launchContainer(launch)
}

/**
 * Without fsync, every write reaches the kernel before its reply, so that a killed process loses nothing.
 * With `everysec` a slow disk makes Redis delay writes by up to two seconds.
 */
const DURABLE = [
  '--save',
  '',
  '--appendonly',
  'yes',
  '--appendfsync',
  'no',
  '--maxmemory-policy',
  'noeviction',
]

async function launchProcess(
  program: ServerProgram,
  { port, directory, extra }: LaunchOptions,
): Promise<() => Promise<void>> {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory]
  const child = spawn(program.command, [...place, ...DURABLE, ...extra], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: program.environment,
  })
  await new Promise<void>((resolve, reject) => {
    let seen = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes('Ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`redis-server ended with ${code}: ${seen.slice(-500)}`)),
    )
  })
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function launchContainer({
  port,
  directory,
  extra,
}: LaunchOptions): Promise<() => Promise<void>> {
  const place = ['--port', String(port), '--protected-mode', 'no', '--dir', '/data']
  const container = await new GenericContainer('redis:8-alpine')
    .withUser(`${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`)
    .withBindMounts([{ source: directory, target: '/data' }])
    // The same port inside and outside, because a cluster node announces the port it listens on.
    .withExposedPorts({ container: port, host: port })
    .withCommand(['redis-server', ...place, ...DURABLE, ...extra])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  let killed: Promise<unknown> | undefined
  return async () => {
    killed ??= container.stop({ timeout: 0 })
    await killed
  }
}
