import { ITEM_SORTS } from '@capstan/shared/contract/scan/item-sorts'
import { makeWorstPatterns } from './worst-patterns.ts'
import type { WorstRequests } from './worst-request.ts'

const json = (body: unknown): { body: string } => ({ body: JSON.stringify(body) })
const labels = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`label-${index}`, 'x'.repeat(128)]),
)
const NAMES = 5_000

/** Routes of scans and schedules. */
export const SCAN_REQUESTS: WorstRequests = {
  'POST /api/v1/scans': ({ types }) => {
    const path = '/api/v1/scans'
    const patterns = makeWorstPatterns(types)
    return [
      { path, ...json({ dryRun: true }) },
      ...patterns.map((one) => ({ path, ...json({ ...one, labels, dryRun: true }) })),
      ...patterns.map((one) => ({ path, ...json({ ...one, labels, onConflict: 'parallel' }) })),
      ...patterns.map((one) => ({ path, ...json({ ...one, strict: true }) })),
    ]
  },
  'GET /api/v1/scans': () => [
    { path: '/api/v1/scans?limit=200' },
    { path: `/api/v1/scans?limit=200&${'x'.repeat(100)}=1&label.team=${'x'.repeat(128)}` },
    { path: '/api/v1/scans?limit=200&cluster=elsewhere&status=succeeded' },
  ],
  'GET /api/v1/scans/:id': ({ runningScan }) => [{ path: `/api/v1/scans/${runningScan}` }],
  'GET /api/v1/scans/:id/resources': ({ runningScan }) => [
    ...ITEM_SORTS.map((sort) => ({
      path: `/api/v1/scans/${runningScan}/resources?limit=200&sort=${sort}`,
    })),
    { path: `/api/v1/scans/${runningScan}/resources?limit=200&q=${'x'.repeat(253)}` },
    { path: `/api/v1/scans/${runningScan}/resources?limit=200&reason=timeout&group=` },
    { path: `/api/v1/scans/${runningScan}/resources?limit=200&status=failed` },
  ],
  'GET /api/v1/scans/:id/resources/:resource': ({ runningScan, types }) => [
    { path: `/api/v1/scans/${runningScan}/resources/${types[0]}` },
    { path: `/api/v1/scans/${runningScan}/resources/${'w'.repeat(520)}` },
  ],
  'GET /api/v1/scans/:id/excluded': ({ runningScan }) => [
    { path: `/api/v1/scans/${runningScan}/excluded` },
  ],
  'GET /api/v1/scans/:id/diff': ({ endedScan, runningScan }) => [
    { path: `/api/v1/scans/${runningScan}/diff?against=${endedScan}` },
    { path: `/api/v1/scans/${runningScan}/diff` },
  ],
  'GET /api/v1/scans/:id/export': ({ runningScan }) => [
    { path: `/api/v1/scans/${runningScan}/export?format=json` },
    { path: `/api/v1/scans/${runningScan}/export?format=csv` },
  ],
  'GET /api/v1/scans/:id/events': ({ runningScan, endedScan }) => [
    { path: `/api/v1/scans/${runningScan}/events`, accept: 'text/event-stream' },
    { path: `/api/v1/scans/${endedScan}/events?limit=200` },
  ],
  'GET /api/v1/scans/:id/progress': ({ runningScan, endedScan, types }) => [
    { path: `/api/v1/scans/${runningScan}/progress` },
    { path: `/api/v1/scans/${endedScan}/progress` },
    // Each type of a canceled scan has an event.
    { path: `/api/v1/scans/${endedScan}/progress?at=${types.length}` },
  ],
  'GET /api/v1/events': ({ runningScan, endedScan }) => [
    {
      path: `/api/v1/events?topics=scans,queue,providers,scan:${runningScan},scan:${endedScan}`,
      accept: 'text/event-stream',
    },
  ],
  'POST /api/v1/scans/:id/discard': ({ endedScan }) => [
    { path: `/api/v1/scans/${endedScan}/discard`, ...json({ only: unknownNames() }) },
    { path: `/api/v1/scans/${endedScan}/discard`, ...json({}) },
  ],
  'POST /api/v1/scans/:id/retry': ({ endedScan, types }) => [
    { path: `/api/v1/scans/${endedScan}/retry`, ...json({ only: unknownNames() }) },
    { path: `/api/v1/scans/${endedScan}/retry`, ...json({ only: types }) },
  ],
  'POST /api/v1/scans/:id/pause': ({ endedScan }) => [{ path: `/api/v1/scans/${endedScan}/pause` }],
  'POST /api/v1/scans/:id/resume': ({ endedScan }) => [
    { path: `/api/v1/scans/${endedScan}/resume`, ...json({ budget: { maxTokens: 1e9 } }) },
  ],
  'POST /api/v1/scans/:id/cancel': ({ endedScan, runningScan }) => [
    { path: `/api/v1/scans/${endedScan}/cancel` },
    { path: `/api/v1/scans/${runningScan}/cancel` },
  ],
  'DELETE /api/v1/scans/:id': ({ endedScan }) => [{ path: `/api/v1/scans/${endedScan}` }],
  'PUT /api/v1/schedules/:name': ({ types }) =>
    makeWorstPatterns(types).map((scan, index) => ({
      path: `/api/v1/schedules/nightly-${index}`,
      ...json({ cron: '0 3 * * *', paused: true, scan: { ...scan, labels } }),
    })),
  'GET /api/v1/schedules': () => [{ path: '/api/v1/schedules' }],
  'GET /api/v1/schedules/:name': () => [{ path: '/api/v1/schedules/nightly-1' }],
  'DELETE /api/v1/schedules/:name': () => [{ path: '/api/v1/schedules/nightly-1' }],
}

/** As many as fit into a body of 256 KiB. */
function unknownNames(): string[] {
  return Array.from({ length: NAMES }, (_, index) => `unknown-${index}`.padEnd(48, 'x'))
}
