import { z } from 'zod'
import type { ReadinessCheck } from '@capstan/shared/contract/server/readiness-check'
import { ServerReadiness } from '@capstan/shared/contract/server/server-readiness'
import { ServerVersion } from '@capstan/shared/contract/server/server-version'
import type { App } from '../app-types.ts'
import type { RedisState } from '@capstan/redis/read-redis-state'
import type { ApiDeps } from '../deps.ts'
import { SERVER_VERSION } from '../version.ts'

export interface HealthDeps extends Pick<ApiDeps, 'redisHealth' | 'catalog'> {
  isDraining: () => boolean
}

/** Adds probe routes. They need no token, are cheap and expose no internals. */
export function addHealthRoutes(app: App, deps: HealthDeps): void {
  app.get(
    '/livez',
    {
      schema: {
        operationId: 'getLiveness',
        tags: ['health'],
        summary: 'Liveness: the event loop responds. Dependencies are not checked.',
        response: { 200: z.object({ live: z.literal(true) }) },
      },
    },
    async () => ({ live: true as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        tags: ['health'],
        summary: 'Readiness: Redis is available and the server is not draining.',
        querystring: z.object({ verbose: z.string().optional() }),
        response: { 200: ServerReadiness, 503: ServerReadiness },
      },
    },
    async (request, reply) => {
      const verbose = request.query.verbose !== undefined && request.query.verbose !== 'false'
      const { checks, ...readiness } = await readReadiness(deps)
      void reply.code(readiness.ready ? 200 : 503)
      return verbose ? { ...readiness, checks } : readiness
    },
  )

  app.get(
    '/version',
    {
      schema: {
        operationId: 'getVersion',
        tags: ['health'],
        summary: 'Read the version of the server',
        response: {
          200: ServerVersion,
        },
      },
    },
    async () => ({ name: 'capstan' as const, version: SERVER_VERSION, node: process.version }),
  )
}

async function readReadiness(deps: HealthDeps): Promise<ServerReadiness> {
  const redis = await deps.redisHealth.look(0)
  const checks = [createDrainingCheck(deps), createRedisCheck(redis)]
  const notReady = checks.flatMap(({ ok, detail }) => (ok || detail === undefined ? [] : [detail]))
  const warnings = redis.warnings.map(({ text }) => text)
  const degraded = [...warnings, ...(await deps.catalog.warnings())]
  return { ready: notReady.length === 0, notReady, degraded, checks }
}

function createDrainingCheck({ isDraining }: HealthDeps): ReadinessCheck {
  return isDraining()
    ? { name: 'accepting', ok: false, detail: 'the server is shutting down' }
    : { name: 'accepting', ok: true }
}

function createRedisCheck({ fault }: RedisState): ReadinessCheck {
  return fault ? { name: 'redis', ok: false, detail: fault.detail } : { name: 'redis', ok: true }
}
