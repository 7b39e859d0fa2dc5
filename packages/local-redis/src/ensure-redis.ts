import { AppError } from '@capstan/shared/errors'
import { formatRedisAddress, probeRedisServer } from '@capstan/redis/probe-server'
import { fetchServerPackages } from './fetch-packages.ts'
import { findDocker } from './find-docker.ts'
import { DEFAULT_PATH } from './find-on-path.ts'
import { startServerContainer, startServerProgram, type ManagedServer } from './managed-server.ts'
import { findServerOnPath } from './server-program.ts'

export interface EnsureRedisOptions {
  /** A running server. No server is started then. */
  redisUrl?: string | undefined
  /** A started server stores its data in `<dataDir>/redis`, readable by this user only. */
  dataDir: string
  /** A downloaded server program is kept here between starts. */
  cacheDir: string
  /** Port of a started server. Default: any free port. */
  port?: number | undefined
  /** Value of PATH in which programs are searched. */
  path?: string | undefined
  /** Receives a sentence for each slow or skipped step. */
  onProgress: (line: string) => void
  /** Aborts the start. `stop` ends a running server. */
  signal: AbortSignal
}

export interface LocalRedis {
  /** Contains the password: never log or print it. */
  url: string
  kind: 'given' | 'process' | 'docker' | 'packages'
  version: string
  /** For people, without the password. */
  description: string
  /** Warnings of check-server.ts, for example a missing append-only file. */
  warnings: string[]
  /** Stops a started server and keeps its data. Has no effect on a given server. */
  stop(): Promise<void>
}

/**
 * Returns the given Redis, otherwise starts one: from PATH, with Docker, or from downloaded packages. Never uses another Redis
 * that runs on this machine. A started server stops with this process, even after kill -9. Throws AppError REDIS_UNAVAILABLE.
 */
export async function ensureRedis(options: EnsureRedisOptions): Promise<LocalRedis> {
  if (options.redisUrl !== undefined) return useGiven(options.redisUrl, options.signal)
  const path = options.path ?? DEFAULT_PATH

  const installed = await findServerOnPath(path, options)
  if (installed) {
    return describe('process', await startServerProgram(installed, options), installed.command)
  }
  const docker = await findDocker(path, options)
  if (docker) return describe('docker', await startServerContainer(docker, options), docker.image)

  const fetched = await fetchServerPackages({ ...options, path })
  if (fetched) {
    return describe('packages', await startServerProgram(fetched, options), fetched.command)
  }
  throw createNothingFoundError()
}

async function useGiven(url: string, signal: AbortSignal): Promise<LocalRedis> {
  const { product, version, warnings } = await probeRedisServer(url, signal)
  const description = `${product} ${version} at ${formatRedisAddress(url)} (given)`
  return { url, kind: 'given', version, description, warnings, stop: async () => {} }
}

function describe(kind: LocalRedis['kind'], server: ManagedServer, from: string): LocalRedis {
  const { product, version, warnings } = server.facts
  return {
    url: server.url,
    kind,
    version,
    description: `${product} ${version} at ${formatRedisAddress(server.url)} (${from}, data in ${server.directory})`,
    warnings,
    stop: () => server.stop(),
  }
}

function createNothingFoundError(): AppError {
  return new AppError(
    'REDIS_UNAVAILABLE',
    'Capstan needs Redis: REDIS_URL is not set, neither redis-server nor valkey-server is on PATH, no Docker engine answers, and no package could be fetched.',
    {
      hint: [
        'Do one of these and start again:',
        '  sudo apt-get install -y redis-server    (Debian, Ubuntu)',
        '  sudo dnf install -y valkey              (Fedora, RHEL)',
        '  brew install redis                      (macOS)',
        '  export REDIS_URL=redis://user:password@host:6379',
      ].join('\n'),
    },
  )
}
