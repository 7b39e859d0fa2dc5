import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { startOwnRedis, type OwnRedis } from './own-redis.ts'

export interface AclRedis extends OwnRedis {
  /** URL of the least-privilege user that the deployment page describes. */
  url: string
  /** URL of a user with all rights. */
  adminUrl: string
  /** Lists what the server has refused: one line per command or key, empty when everything was allowed. */
  refused(): Promise<string[]>
}

/**
 * The rights that Capstan needs on keys that match `pattern`, as in docs/deployment.md. TIME is in none of
 * the other groups, and every script with a deadline uses it.
 */
function buildAclRules(pattern: string): string[] {
  const groups = ['+@read', '+@write', '+@connection', '+@scripting', '+@pubsub']
  return [`~${pattern}`, '&*', '-@all', ...groups, '-@dangerous', '+@transaction', '+info', '+time']
}

/**
 * Starts a Redis whose user may only use keys under `prefix`. A glob such as `{t-*}` allows those of all
 * tests.
 */
export async function startAclRedis(prefix: string): Promise<AclRedis> {
  const password = randomBytes(12).toString('hex')
  const adminPassword = randomBytes(12).toString('hex')
  const admin = ['--user', 'default', 'on', `>${adminPassword}`, '~*', '&*', '+@all']
  const user = ['--user', 'capstan', 'on', `>${password}`, ...buildAclRules(`${prefix}:*`)]
  const redis = await startOwnRedis([...admin, ...user])
  const adminUrl = `redis://:${adminPassword}@127.0.0.1:${redis.port}`
  return {
    ...redis,
    url: `redis://capstan:${password}@127.0.0.1:${redis.port}`,
    adminUrl,
    refused: () => readRefusals(adminUrl),
  }
}

async function readRefusals(adminUrl: string): Promise<string[]> {
  const admin = new Redis(adminUrl)
  try {
    // ACL LOG returns a list of flat lists: name, value, name, value.
    const entries = (await admin.acl('LOG')) as unknown as (string | number)[][]
    return entries.map((entry) => {
      const field = (name: string): string => String(entry[entry.indexOf(name) + 1])
      return `${field('reason')} ${field('object')} (${field('context')}, ${field('count')} times)`
    })
  } finally {
    admin.disconnect()
  }
}
