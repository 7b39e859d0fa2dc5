import { randomBytes } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { freePort, isPortTaken } from './free-port.ts'
import type { SupervisorPlan } from './supervisor-messages.ts'
import { startSupervised, type SupervisedServer } from './supervised-server.ts'
import { buildServerConfig } from './server-config.ts'
import type { ServerProgram } from './server-program.ts'

export interface ManagedServerOptions {
  dataDir: string
  /** Port on 127.0.0.1. Default: any free port. */
  port?: number | undefined
  onProgress: (line: string) => void
  signal: AbortSignal
}

/** A running Redis that this process has started. */
export interface ManagedServer extends SupervisedServer {
  url: string
  directory: string
}

// A first start takes less than a second. Loading a large append-only file takes longer.
const READY_MS = 60_000
// The first start of a container may unpack its image.
const CONTAINER_READY_MS = 120_000

/** Starts a redis-server program on 127.0.0.1 with a random password and its data in `<dataDir>/redis`. */
export async function startServerProgram(
  program: ServerProgram,
  options: ManagedServerOptions,
): Promise<ManagedServer> {
  return startServer(options, READY_MS, ({ directory, password, port }) => ({
    command: program.command,
    args: [`${directory}/redis.conf`],
    environment: program.environment,
    directory,
    config: buildServerConfig({
      bind: '127.0.0.1',
      port,
      clientPort: port,
      password,
      directory,
    }),
  }))
}

/** Starts a container of the image, published on 127.0.0.1 only. */
export async function startServerContainer(
  docker: { command: string; image: string },
  options: ManagedServerOptions,
): Promise<ManagedServer> {
  return startServer(options, CONTAINER_READY_MS, ({ directory, password, port }) => ({
    command: docker.command,
    args: buildContainerArgs(docker.image, directory, port),
    environment: undefined,
    directory,
    config: buildServerConfig({
      bind: '*',
      port: 6379,
      clientPort: port,
      password,
      directory: '/data',
    }),
  }))
}

function buildContainerArgs(image: string, directory: string, port: number): string[] {
  // In the foreground, so that a signal to the client also stops the container.
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

interface ServerAddress {
  directory: string
  password: string
  port: number
}

async function startServer(
  options: ManagedServerOptions,
  readyWithinMs: number,
  buildPlan: (address: ServerAddress) => SupervisorPlan,
): Promise<ManagedServer> {
  const directory = resolve(options.dataDir, 'redis')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort())
    try {
      return await startAt({ directory, password: createPassword(), port })
    } catch (error) {
      // Another process may have taken the port after freePort returned it.
      const isPortLost = options.port === undefined && tries < 3 && (await isPortTaken(port))
      if (!isPortLost) throw error
    }
  }

  async function startAt(address: ServerAddress): Promise<ManagedServer> {
    const url = `redis://:${address.password}@127.0.0.1:${address.port}`
    const { onProgress, signal } = options
    const server = await startSupervised({
      plan: buildPlan(address),
      url,
      readyWithinMs,
      onProgress,
      signal,
    })
    return { ...server, url, directory }
  }
}

function createPassword(): string {
  return randomBytes(24).toString('hex')
}
