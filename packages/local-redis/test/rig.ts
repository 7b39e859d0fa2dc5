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

export interface ProgressLines {
  lines: string[]
  onProgress: (line: string) => void
}

/** Collects the progress lines of a start. */
export function collectProgress(): ProgressLines {
  const lines: string[] = []
  return { lines, onProgress: (line) => lines.push(line) }
}

/** Creates a folder and deletes it after the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-local-redis-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Creates a folder with one program, to be used as PATH. */
export async function pathWith(name: string, script: string): Promise<string> {
  const folder = await freshFolder()
  await writeFile(join(folder, name), script)
  await chmod(join(folder, name), 0o755)
  return folder
}

/** Builds a PATH with the server program of this run and the standard programs only. */
export async function pathOfServer(skip: TestContext['skip']): Promise<string> {
  const program = await findTestServer()
  if (!program) return skip('no redis-server runs as a process here')
  const variables = Object.entries(program.environment).map(([name, value]) => `${name}='${value}'`)
  const script = `#!/bin/sh\nexec env ${variables.join(' ')} '${program.command}' "$@"\n`
  return `${await pathWith('redis-server', script)}:${dirname(process.execPath)}:/usr/bin:/bin`
}

/** Calls ensureRedis in this process and stops its server after the test. */
export async function ensure(options: Partial<EnsureRedisOptions> & { path: string }) {
  const dataDir = options.dataDir ?? (await freshFolder())
  const cacheDir = options.cacheDir ?? (await freshFolder())
  const progress = collectProgress()
  const signal = AbortSignal.timeout(240_000)
  const redis = await ensureRedis({ signal, ...progress, ...options, dataDir, cacheDir })
  onTestFinished(() => redis.stop())
  return { ...redis, dataDir, lines: progress.lines }
}

/** Opens a client and closes it after the test. */
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

/** Starts another process that owns a Redis with this data. */
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
  throw new Error('the owner ended without a message')
}

async function* on(child: ReturnType<typeof fork>) {
  for (;;) yield await once(child, 'message')
}
