import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/**
 * Reads every key and value of a Redis as text, one entry per key. Reads by type instead of DUMP, whose
 * compression would hide the searched text.
 */
export async function readRedis(url: string): Promise<Map<string, string>> {
  const redis = new Redis(url)
  try {
    const contents = new Map<string, string>()
    for await (const names of redis.scanStream({ count: 500 })) {
      for (const name of names as string[]) contents.set(name, `${name} ${await read(redis, name)}`)
    }
    return contents
  } finally {
    redis.disconnect()
  }
}

async function read(redis: Redis, name: string): Promise<string> {
  const type = await redis.type(name)
  switch (type) {
    case 'string':
      return String(await redis.get(name))
    case 'hash':
      return flat(Object.entries(await redis.hgetall(name)))
    case 'list':
      return flat(await redis.lrange(name, 0, -1))
    case 'set':
      return flat(await redis.smembers(name))
    case 'zset':
      return flat(await redis.zrange(name, '0', '-1'))
    case 'stream':
      return flat(await redis.xrange(name, '-', '+'))
    case 'none':
      return '' // expired in the meantime
    default:
      throw new Error(`${name} is a ${type}, which nothing here can read`)
  }
}

/** Without JSON quotes and escapes, which would hide text that contains some. */
function flat(values: unknown[]): string {
  return values.flat(Infinity).map(String).join('\n')
}

/** Every file that Redis wrote to disk, including the append-only file. */
export async function readRedisFiles(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path, await readFile(path, 'latin1'))
  }
  return files
}
