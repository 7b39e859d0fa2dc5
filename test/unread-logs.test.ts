import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { testRedis } from '@capstan/testkit/redis'

const { url: redisUrl, keys } = testRedis()

interface UnreadProcess {
  child: ChildProcess
  url: string
}

/** Starts an app whose log nothing reads. `output`: stdout and stderr of the process. */
async function startUnread(
  app: 'api' | 'worker',
  output: 'pipe' | number = 'pipe',
): Promise<UnreadProcess> {
  const main = fileURLToPath(new URL(`../apps/${app}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...COMPILE_CACHE,
      CAPSTAN_PROVIDER: 'demo',
      REDIS_URL: redisUrl,
      CAPSTAN_REDIS_PREFIX: keys.prefix,
      CAPSTAN_TOKEN: 'unread-logs-token-0123456789',
      PORT: '0',
      LOG_LEVEL: 'debug',
    },
    stdio: ['ignore', output, output, 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ready = await once(child, 'message')
  const { url } = ready[0] as { url: string }
  return { child, url }
}

/** The status of each of so many requests over a few connections. */
async function statuses(url: string, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const one = (): Promise<number> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      }).once('error', reject)
    })
  try {
    return await Promise.all(Array.from({ length: count }, one))
  } finally {
    agent.destroy()
  }
}

async function stop(child: ChildProcess): Promise<unknown[]> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  return ended
}

/** Opens a pipe that is full and that nothing reads: as a terminal after Ctrl-S. Writes to it block, unless the writer avoids that. */
function openFullPipe(): number {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-pipe-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants
  const reader = openSync(path, O_RDONLY | O_NONBLOCK)
  const filler = openSync(path, O_WRONLY | O_NONBLOCK)
  const blocking = openSync(path, O_WRONLY)
  onTestFinished(() => {
    for (const file of [reader, filler, blocking]) closeSync(file)
    rmSync(folder, { recursive: true })
  })
  for (const size of [4_096, 1]) {
    try {
      for (;;) writeSync(filler, Buffer.alloc(size))
    } catch (error) {
      expect(error).toMatchObject({ code: 'EAGAIN' })
    }
  }
  return blocking
}

test.each(['api', 'worker'] as const)(
  'the %s process starts, serves and stops while its output is blocked',
  async (app) => {
    const { child, url } = await startUnread(app, openFullPipe())
    expect(new Set(await statuses(`${url}/livez`, 200))).toEqual(new Set([200]))
    expect(await stop(child)).toEqual([0, null])
  },
)

test('an API whose log nothing reads answers every request and stops', async () => {
  const { child, url } = await startUnread('api')
  // About 300 bytes a line: more than the pipe and the buffer of the process hold together.
  const answers = await statuses(`${url}/livez`, 6_000)
  expect(new Set(answers)).toEqual(new Set([200]))
  expect(await stop(child)).toEqual([0, null])
})

test.each(['api', 'worker'] as const)(
  'the %s process continues and can stop after the reader of its log has ended',
  async (app) => {
    const { child, url } = await startUnread(app)
    child.stderr?.destroy()
    child.stdout?.destroy()
    expect(new Set(await statuses(`${url}/livez`, 200))).toEqual(new Set([200]))
    expect(await stop(child)).toEqual([0, null])
  },
)
