import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'

export interface OwnRedis {
  url: string
  port: number
  directory: string
  /** kill -9; the data directory stays. */
  kill(): Promise<void>
  /** Starts again on the same port and data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A Redis process of the test's own, for tests that kill it. `extra` are more redis-server arguments. */
export async function startOwnRedis(extra: string[] = []): Promise<OwnRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-redis-'))
  const port = await freePort()
  let child = await launch(port, directory, extra)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    kill,
    restart: async () => {
      child = await launch(port, directory, extra)
    },
    stop: async () => {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function launch(port: number, directory: string, extra: string[]): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
      ...extra,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
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
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
