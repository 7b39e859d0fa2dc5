import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { launchRedis } from './launch-redis.ts'
import { ownPort } from './own-port.ts'

export interface OwnRedis {
  url: string
  port: number
  directory: string
  /** Sends SIGKILL; the data directory is kept. */
  kill(): Promise<void>
  /** Restarts on the same port and data. */
  restart(): Promise<void>
  /** For a killed server: ages its keys with a time to live, as in an outage of that length. */
  passTime(ms: number): Promise<void>
  stop(): Promise<void>
}

/** Starts a Redis for one test, for tests that kill it. `extra` are additional redis-server arguments. */
export async function startOwnRedis(extra: string[] = []): Promise<OwnRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-redis-'))
  const port = await ownPort()
  let kill = await launchRedis({ port, directory, extra })
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    kill: () => kill(),
    restart: async () => {
      kill = await launchRedis({ port, directory, extra })
    },
    passTime: async (ms) => {
      // On another port, so that clients waiting for the usual one do not see it.
      const elsewhere = await ownPort()
      const killOld = await launchRedis({ port: elsewhere, directory, extra })
      const redis = new Redis(elsewhere, '127.0.0.1')
      try {
        for (const key of await redis.keys('*')) {
          const leftMs = await redis.pttl(key)
          if (leftMs >= 0) await redis.pexpire(key, leftMs - ms)
        }
      } finally {
        redis.disconnect()
        await killOld()
      }
    },
    stop: async () => {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
