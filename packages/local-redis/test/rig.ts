import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { type TestContext } from 'vitest'
import { findTestServer } from '@capstan/testkit/test-server'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { ensureRedis, type EnsureRedisOptions } from '../src/ensure-redis.ts'

export interface Told {
  lines: string[]
  onProgress: (line: string) => void
}

/** Collects what a start says. */
export function listen(): Told {
  const lines: string[] = []
  return { lines, onProgress: (line) => lines.push(line) }
}

/** A folder that goes with the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-local-redis-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with one program, as a PATH of its own. */
export async function pathWith(name: string, script: string): Promise<string> {
  const folder = await freshFolder()
  await writeFile(join(folder, name), script)
  await chmod(join(folder, name), 0o755)
  return folder
}

/** A PATH on which the server program of this run, and nothing else of interest, is found. */
export async function pathOfServer(skip: TestContext['skip']): Promise<string> {
  const program = await findTestServer()
  if (!program) return skip('no redis-server runs as a process here')
  const variables = Object.entries(program.environment).map(([name, value]) => `${name}='${value}'`)
  const script = `#!/bin/sh\nexec env ${variables.join(' ')} '${program.command}' "$@"\n`
  return `${await pathWith('redis-server', script)}:${dirname(process.execPath)}:/usr/bin:/bin`
}

/** ensureRedis in this process; what it started ends with the test. */
export async function ensure(options: Partial<EnsureRedisOptions> & { path: string }) {
  const dataDir = options.dataDir ?? (await freshFolder())
  const cacheDir = options.cacheDir ?? (await freshFolder())
  const told = listen()
  const signal = AbortSignal.timeout(240_000)
  const redis = await ensureRedis({ signal, ...told, ...options, dataDir, cacheDir })
  onTestFinished(() => redis.stop())
  return { ...redis, dataDir, lines: told.lines }
}

/** A client that is closed with the test. */
export function connect(url: string): Redis {
  const client = new Redis(url, { retryStrategy: () => 50 })
  client.on('error', () => undefined) // servers are killed here
  onTestFinished(() => client.disconnect())
  return client
}

export interface Owner {
  url: string
  pid: number
  kill(): Promise<void>
}

/** Another process that owns a Redis on this data. */
export async function startOwner(dataDir: string, path: string): Promise<Owner> {
  const child = fork(fileURLToPath(new URL('owner.ts', import.meta.url)), { execArgv: [] })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  onTestFinished(kill)
  child.send({ dataDir, cacheDir: await freshFolder(), path })
  for await (const [message] of on(child)) {
    if (message.type === 'ready') return { url: message.url, pid: child.pid ?? 0, kill }
    if (message.type === 'failed') throw new Error(message.message)
  }
  throw new Error('the owner ended without a word')
}

async function* on(child: ReturnType<typeof fork>) {
  for (;;) yield await once(child, 'message')
}
