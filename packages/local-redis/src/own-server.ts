import { randomBytes } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { freePort, isPortTaken } from './free-port.ts'
import type { GuardPlan } from './guard-messages.ts'
import { startGuarded, type GuardedServer } from './guarded-server.ts'
import { buildServerConfig } from './server-config.ts'
import type { ServerProgram } from './server-program.ts'

export interface ManagedServerOptions {
  dataDir: string
  /** Fixed port on 127.0.0.1; default: any free one. */
  port?: number | undefined
  onProgress: (line: string) => void
  signal: AbortSignal
}

/** A Redis of our own that runs, and how to reach it. */
export interface ManagedServer extends GuardedServer {
  url: string
  directory: string
}

// Loading a large append-only file takes a while; a first start takes well under a second.
const READY_MS = 60_000
// The first start of a container may still unpack its image.
const CONTAINER_READY_MS = 120_000

/** Runs a redis-server program on 127.0.0.1 with a random password, its data in `<dataDir>/redis`. */
export async function startServerProgram(
  program: ServerProgram,
  options: ManagedServerOptions,
): Promise<ManagedServer> {
  return startOwn(options, READY_MS, ({ directory, password, port }) => ({
    command: program.command,
    args: [`${directory}/redis.conf`],
    environment: program.environment,
    directory,
    config: buildServerConfig({
      bind: '127.0.0.1',
      port,
      reachedAtPort: port,
      password,
      directory,
    }),
  }))
}

/** The same in a container of the image, published on 127.0.0.1 only. */
export async function startServerContainer(
  docker: { command: string; image: string },
  options: ManagedServerOptions,
): Promise<ManagedServer> {
  return startOwn(options, CONTAINER_READY_MS, ({ directory, password, port }) => ({
    command: docker.command,
    args: containerArgs(docker.image, directory, port),
    environment: undefined,
    directory,
    config: buildServerConfig({
      bind: '*',
      port: 6379,
      reachedAtPort: port,
      password,
      directory: '/data',
    }),
  }))
}

function containerArgs(image: string, directory: string, port: number): string[] {
  // In the foreground, so that the signal that ends the client ends the container too.
  return [
    'run',
    '--rm',
    `--name=capstan-redis-${randomBytes(4).toString('hex')}`,
    `--publish=127.0.0.1:${port}:6379`,
    `--volume=${directory}:/data`,
    `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    '--cap-drop=ALL',
    '--security-opt=no-new-privileges',
    image,
    'redis-server',
    '/data/redis.conf',
  ]
}

interface Place {
  directory: string
  password: string
  port: number
}

async function startOwn(
  options: ManagedServerOptions,
  readyWithinMs: number,
  planFor: (place: Place) => GuardPlan,
): Promise<ManagedServer> {
  const directory = resolve(options.dataDir, 'redis')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort())
    try {
      return await startAt({ directory, password: newPassword(), port })
    } catch (error) {
      // Between asking for a free port and using it, another process may have taken it.
      const unlucky = options.port === undefined && tries < 3 && (await isPortTaken(port))
      if (!unlucky) throw error
    }
  }

  async function startAt(place: Place): Promise<ManagedServer> {
    const url = `redis://:${place.password}@127.0.0.1:${place.port}`
    const { onProgress, signal } = options
    const server = await startGuarded({
      plan: planFor(place),
      url,
      readyWithinMs,
      onProgress,
      signal,
    })
    return { ...server, url, directory }
  }
}

function newPassword(): string {
  return randomBytes(24).toString('hex')
}
