import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'

const Reindexing = z.object({
  status: z.enum(['running', 'succeeded', 'failed']),
  done: z.int(),
  total: z.int().nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  store: z.string().nullable().describe('What is searched from now on.'),
  previous: z.string().nullable().describe('What was searched before; it is still there.'),
  problem: z.string().nullable(),
})
type Reindexing = z.infer<typeof Reindexing>

/** Makes what is searched anew. The state is of this process: another replica of the API does not know it. */
export function capabilityReindexRoutes(
  app: App,
  { catalog, log, work }: Pick<ApiDeps, 'catalog' | 'log' | 'work'>,
): void {
  let last: Reindexing | undefined
  const stopping = new AbortController()
  app.addHook('onClose', async () => stopping.abort())

  app.post(
    '/capabilities/reindex',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['capabilities'],
        summary: 'Make what is searched anew, beside the old one; one that runs already is joined',
        response: { 202: Reindexing },
      },
    },
    async (_request, reply) => {
      if (last?.status !== 'running') {
        const leave = work.expensive.enter()
        const running = beginning()
        last = running
        void reindex(catalog, running, stopping.signal)
          .catch((error: unknown) => {
            log.warn({ err: error }, 'a reindex failed; what was searched before is searched on')
            fail(running, error)
          })
          .finally(leave)
      }
      return reply.code(202).header('location', '/api/v1/capabilities/reindex').send(last)
    },
  )

  app.get(
    '/capabilities/reindex',
    {
      config: { access: 'read' },
      schema: {
        tags: ['capabilities'],
        summary: 'What became of the last reindex of this server',
        response: { 200: Reindexing },
      },
    },
    async () => {
      if (last) return last
      throw new AppError('NOT_FOUND', 'This server has not reindexed since it started', {
        hint: '`capstan reindex`, or POST /api/v1/capabilities/reindex, starts one.',
      })
    },
  )
}

function beginning(): Reindexing {
  const startedAt = new Date().toISOString()
  const none = { finishedAt: null, store: null, previous: null, problem: null }
  return { status: 'running', done: 0, total: null, startedAt, ...none }
}

async function reindex(
  catalog: ApiDeps['catalog'],
  running: Reindexing,
  signal: AbortSignal,
): Promise<void> {
  const onProgress = (done: number, total: number) => Object.assign(running, { done, total })
  const { types, store, previous } = await catalog.reindex(onProgress, signal)
  const finishedAt = new Date().toISOString()
  const ended = { status: 'succeeded' as const, done: types, total: types, finishedAt }
  Object.assign(running, { ...ended, store, previous })
}

function fail(running: Reindexing, error: unknown): void {
  const problem = error instanceof Error ? error.message : 'unknown'
  Object.assign(running, { status: 'failed', finishedAt: new Date().toISOString(), problem })
}
