import { ReindexState } from '@capstan/shared/contract/catalog/reindex-state'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'

/**
 * Adds the routes of reindexing: rebuilding the search index. The state is kept in this process, so other replicas do
 * not know it.
 */
export function addCapabilityReindexRoutes(
  app: App,
  { catalog, audit, log, work }: Pick<ApiDeps, 'catalog' | 'audit' | 'log' | 'work'>,
): void {
  let last: ReindexState | undefined
  const stopping = new AbortController()
  app.addHook('onClose', async () => stopping.abort())

  app.post(
    '/capabilities/reindex',
    {
      schema: {
        operationId: 'startReindex',
        tags: ['capabilities'],
        summary: 'Rebuild the search index, or join a running rebuild',
        response: { 202: ReindexState },
      },
    },
    async (request, reply) => {
      if (last?.status !== 'running') {
        const release = work.expensive.enter()
        const running = createState()
        last = running
        void reindex(catalog, running, stopping.signal)
          .catch((error: unknown) => {
            log.warn({ err: error }, 'reindexing failed; searches use the previous index')
            fail(running, error)
          })
          .finally(release)
        await auditRequest({ audit }, request, 'capabilities.reindexed')
      }
      return reply.code(202).header('location', '/api/v1/capabilities/reindex').send(last)
    },
  )

  app.get(
    '/capabilities/reindex',
    {
      schema: {
        operationId: 'getReindex',
        tags: ['capabilities'],
        summary: 'Read the state of the last reindex of this server',
        response: { 200: ReindexState },
      },
    },
    async () => {
      if (last) return last
      throw noReindexError()
    },
  )
}

function noReindexError(): AppError {
  return new AppError('NOT_FOUND', 'This server has not run a reindex since it started', {
    hint: '`capstan reindex`, or POST /api/v1/capabilities/reindex, starts a reindex.',
  })
}

function createState(): ReindexState {
  const startedAt = new Date().toISOString()
  const none = { finishedAt: null, store: null, previous: null, problem: null }
  return { status: 'running', done: 0, total: null, startedAt, ...none }
}

async function reindex(
  catalog: ApiDeps['catalog'],
  running: ReindexState,
  signal: AbortSignal,
): Promise<void> {
  const onProgress = (done: number, total: number) => Object.assign(running, { done, total })
  const { types, store, previous } = await catalog.reindex(onProgress, signal)
  const finishedAt = new Date().toISOString()
  const ended = { status: 'succeeded' as const, done: types, total: types, finishedAt }
  Object.assign(running, { ...ended, store, previous })
}

function fail(running: ReindexState, error: unknown): void {
  const problem = error instanceof Error ? error.message : 'unknown'
  Object.assign(running, { status: 'failed', finishedAt: new Date().toISOString(), problem })
}
