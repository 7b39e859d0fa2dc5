import { z } from 'zod'
import { ProgressAt } from '@capstan/shared/contract/scan/progress-at'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { readEventTimeMs } from '../events/topics/read-event-time.ts'
import { requireScan } from '../scans/require-scan.ts'
import { invalidRequestError } from '../validation/request-fault.ts'

/** Adds the counters of a scan at the number of one of its events. */
export function addScanProgressRoute(app: App, deps: Pick<ApiDeps, 'journal' | 'work'>): void {
  app.get(
    '/scans/:id/progress',
    {
      schema: {
        operationId: 'getScanProgress',
        tags: ['events'],
        summary: 'Read the counters of a scan right after one of its events',
        description:
          'Exact: they equal those of a snapshot with this `lastSeq`. An earlier event than the latest one needs a replay of all events up to it: 410 when the first ones are no longer kept, 503 with Retry-After while the server replays others.',
        params: z.object({ id: ScanId }),
        querystring: z.object({
          at: z.coerce
            .number()
            .int()
            .nonnegative()
            .optional()
            .describe('Number of an event (`seq`). Default: the latest one.'),
        }),
        response: { 200: ProgressAt },
      },
    },
    async ({ params, query }) => {
      const { lastSeq, progress } = await requireScan(deps, params.id)
      const seq = query.at ?? lastSeq
      if (seq === lastSeq) {
        const atMs = await readEventTimeMs(deps.journal, params.id, seq)
        return { seq, at: atMs === undefined ? null : new Date(atMs).toISOString(), progress }
      }
      const found =
        seq > lastSeq
          ? undefined
          : await deps.work.replays.run(() => deps.journal.progressAt(params.id, seq))
      switch (found?.outcome) {
        case 'found':
          return { seq: found.seq, at: found.at, progress: found.progress }
        case 'trimmed':
          throw eventsTrimmedError(found.kept)
        default:
          throw invalidRequestError('query', [
            { pointer: '#/at', detail: `the latest event of the scan has number ${lastSeq}` },
          ])
      }
    },
  )
}

function eventsTrimmedError(kept: number | null): AppError {
  const from = kept === null ? 'No event is kept' : `Events are kept from number ${kept} on`
  return new AppError(
    'EVENTS_TRIMMED',
    `The first events of the scan are no longer kept. ${from}`,
    {
      hint: 'GET /api/v1/scans/{id} has the latest counters.',
    },
  )
}
