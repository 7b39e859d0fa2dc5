import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/**
 * Every key and value of a Redis as text, one entry a key. Read by type and not by DUMP, which compresses values and
 * so would hide what is looked for.
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
      return '' // it expired meanwhile
    default:
      throw new Error(`${name} is a ${type}, which nothing here can read`)
  }
}

/** Without the quotes and escapes of JSON, which would hide a text that has some itself. */
function flat(values: unknown[]): string {
  return values.flat(Infinity).map(String).join('\n')
}

/** Everything that Redis wrote to disk, the append-only file above all. */
export async function readRedisFiles(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path, await readFile(path, 'latin1'))
  }
  return files
}
