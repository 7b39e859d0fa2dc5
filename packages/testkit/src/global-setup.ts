import type { TestProject } from 'vitest/node'
import { startAclRedis } from './acl-redis.ts'
import { startClusterRedis } from './cluster-redis.ts'
import { fillCompileCache } from './compile-cache.ts'
import { startOwnRedis } from './own-redis.ts'

/**
 * One Redis for the whole run: REDIS_URL if set, otherwise a new one. CAPSTAN_TEST_REDIS=acl runs every test
 * as the least-privilege user and fails if anything was refused. CAPSTAN_TEST_REDIS=cluster uses a one-node
 * cluster, which rejects scripts with keys of two slots.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.name !== 'live') await fillCompileCache()
  const given = process.env['REDIS_URL']
  if (given) {
    project.provide('redisUrl', given)
    return async () => {}
  }
  const redis = await startVariant(process.env['CAPSTAN_TEST_REDIS'] ?? 'plain')
  project.provide('redisUrl', redis.url)
  return redis.end
}

async function startVariant(name: string): Promise<{ url: string; end: () => Promise<void> }> {
  if (name === 'acl') return startUnderAcl()
  if (name !== 'cluster' && name !== 'plain') {
    throw new Error(`CAPSTAN_TEST_REDIS is ${name}; it may be plain, acl or cluster`)
  }
  const redis = await (name === 'cluster' ? startClusterRedis() : startOwnRedis())
  return { url: redis.url, end: redis.stop }
}

async function startUnderAcl(): Promise<{ url: string; end: () => Promise<void> }> {
  // The prefixes of tests (redis.ts).
  const redis = await startAclRedis('{t-*}')
  const end = async (): Promise<void> => {
    const refused = await redis.refused()
    await redis.stop()
    if (refused.length > 0) throw new Error(`the ACL refused:\n${refused.join('\n')}`)
  }
  return { url: redis.url, end }
}
