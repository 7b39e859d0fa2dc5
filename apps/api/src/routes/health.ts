import { z } from 'zod'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { VERSION } from '../version.ts'

const Check = z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })
const Readiness = z.object({
  ready: z.boolean(),
  degraded: z.array(z.string()).describe('What does not work but stops nothing.'),
  checks: z.array(Check).optional(),
})

export interface HealthDeps extends Pick<ApiDeps, 'redis' | 'catalog'> {
  isDraining: () => boolean
  /** Sentences about the Redis server, from the check at start. */
  warnings: readonly string[]
}

const REDIS_MS = 1_000

/** For probes: open to all, cheap, and silent about everything inside. */
export function healthRoutes(app: App, deps: HealthDeps): void {
  app.get(
    '/livez',
    {
      config: { access: 'open' },
      schema: {
        tags: ['health'],
        summary: 'Whether the process still turns; says nothing of what it depends on',
        response: { 200: z.object({ live: z.literal(true) }) },
      },
    },
    async () => ({ live: true as const }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'open' },
      schema: {
        tags: ['health'],
        summary: 'Whether requests should be sent here',
        querystring: z.object({ verbose: z.string().optional() }),
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (request, reply) => {
      const checks = [drainingCheck(deps), await redisCheck(deps)]
      const ready = checks.every(({ ok }) => ok)
      const verbose = request.query.verbose !== undefined && request.query.verbose !== 'false'
      void reply.code(ready ? 200 : 503)
      const degraded = [...deps.warnings, ...(await deps.catalog.troubles())]
      return { ready, degraded, ...(verbose ? { checks } : {}) }
    },
  )

  app.get(
    '/version',
    {
      config: { access: 'open' },
      schema: {
        tags: ['health'],
        summary: 'Version of the server',
        response: {
          200: z.object({ name: z.literal('capstan'), version: z.string(), node: z.string() }),
        },
      },
    },
    async () => ({ name: 'capstan' as const, version: VERSION, node: process.version }),
  )
}

function drainingCheck({ isDraining }: HealthDeps): z.infer<typeof Check> {
  return isDraining()
    ? { name: 'accepting', ok: false, detail: 'the server is shutting down' }
    : { name: 'accepting', ok: true }
}

async function redisCheck({ redis }: HealthDeps): Promise<z.infer<typeof Check>> {
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, REDIS_MS, 'late').unref())
  const answer = await Promise.race([redis.ping().catch(() => 'down'), late])
  return answer === 'PONG'
    ? { name: 'redis', ok: true }
    : { name: 'redis', ok: false, detail: 'Redis does not answer' }
}
