import { AppError } from '@capstan/shared/errors'
import { formatRedisAddress, probeRedisServer } from '@capstan/redis/probe-server'
import { fetchServerPackages } from './fetch-packages.ts'
import { findDocker } from './find-docker.ts'
import { DEFAULT_PATH } from './find-on-path.ts'
import { startServerContainer, startServerProgram, type ManagedServer } from './own-server.ts'
import { findServerOnPath } from './server-program.ts'

export interface EnsureRedisOptions {
  /** A server to use as it is. Nothing is started then. */
  redisUrl?: string | undefined
  /** Where a server of our own keeps its data: `<dataDir>/redis`, readable by this user only. */
  dataDir: string
  /** Where a fetched server program is kept between starts. */
  cacheDir: string
  /** Fixed port for a server of our own; default: any free one. */
  port?: number | undefined
  /** Value of PATH: where programs are looked for. */
  path?: string | undefined
  /** Gets a sentence for each step that takes time or was passed over. */
  onProgress: (line: string) => void
  /** Ends the start; a running server is ended by `stop`. */
  signal: AbortSignal
}

export interface LocalRedis {
  /** Holds the password: for connections, never for people. */
  url: string
  kind: 'given' | 'process' | 'docker' | 'packages'
  version: string
  /** For the banner, without password. */
  description: string
  /** From check-server.ts, such as a missing append-only file. */
  warnings: string[]
  /** Ends a server of our own; its data stay. A given server is left alone. */
  stop(): Promise<void>
}

/**
 * A Redis to work with: the given one, else one of our own from the first source there is. Never one that
 * merely happens to run on this machine. Ours ends with this process, even by kill -9.
 * Throws AppError REDIS_UNAVAILABLE.
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
  throw nothingFound()
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

function nothingFound(): AppError {
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
