import { WORST_QUERIES } from './capability-requests.ts'
import type { WorstRequest, WorstRequests } from './worst-request.ts'

const PLAIN = [
  'GET /',
  'GET /ui',
  'GET /ui/*',
  'GET /ui/assets/*',
  'GET /docs',
  'GET /docs/',
  'GET /docs/js/scalar.js',
  'GET /openapi.json',
  'GET /problems',
  'GET /problems/:code',
  'GET /livez',
  'GET /readyz',
  'GET /healthz',
  'GET /version',
  'GET /metrics',
  'GET /api/v1/queue',
  'POST /api/v1/queue/pause',
  'POST /api/v1/queue/resume',
  'GET /api/v1/workers',
  'GET /api/v1/session',
  'DELETE /api/v1/session',
  'GET /api/v1/sessions',
  'DELETE /api/v1/sessions/:id',
  'GET /api/v1/webhooks',
  'GET /api/v1/network',
  'GET /api/v1/providers',
  'GET /api/v1/providers/:id',
  'POST /api/v1/providers/:id/resume',
  'GET /queues',
  'GET /queues/',
  'GET /queues/metrics-history',
  'GET /queues/job-schedulers',
  'GET /queues/queue/:queueName',
  'GET /queues/queue/:queueName/:jobId',
  'GET /queues/api/redis/stats',
  'PUT /queues/api/queues/pause',
  'PUT /queues/api/queues/resume',
  'GET /queues/api/queues/:queueName/metrics',
  'GET /queues/api/queues/:queueName/default-job-options',
  'GET /queues/api/queues/:queueName/workers',
  'GET /queues/api/queues/:queueName/rate-limit',
  'PUT /queues/api/queues/:queueName/rate-limit',
  'PUT /queues/api/queues/:queueName/rate-limit/release',
  'PUT /queues/api/queues/:queueName/retry/:queueStatus',
  'PUT /queues/api/queues/:queueName/resume',
  'GET /queues/api/queues/:queueName/job-data-schema',
  'PATCH /queues/api/queues/:queueName/job-schedulers/:schedulerId',
  'PUT /queues/api/queues/:queueName/job-schedulers/:schedulerId/remove',
  'PUT /queues/api/queues/:queueName/job-schedulers/:schedulerId/run',
  'POST /queues/api/queues/:queueName/add',
  'PUT /queues/api/queues/:queueName/promote',
  'PUT /queues/api/queues/:queueName/pause',
  'PUT /queues/api/queues/:queueName/clean/:queueStatus',
  'PUT /queues/api/queues/:queueName/concurrency',
  'PUT /queues/api/queues/:queueName/empty',
  'PUT /queues/api/queues/:queueName/obliterate',
  'GET /queues/api/queues/:queueName/:jobId',
  'GET /queues/api/queues/:queueName/:jobId/logs',
  'GET /queues/api/queues/:queueName/:jobId/flow',
  'PUT /queues/api/queues/:queueName/:jobId/retry',
  'PUT /queues/api/queues/:queueName/:jobId/remove-unprocessed-children',
  'PUT /queues/api/queues/:queueName/:jobId/clean',
  'PUT /queues/api/queues/:queueName/:jobId/promote',
  'PATCH /queues/api/queues/:queueName/:jobId/priority',
  'PATCH /queues/api/queues/:queueName/:jobId/update-data',
  'PATCH /queues/api/queues/:queueName/:jobId/delay',
  'GET /queues/api/job-schedulers',
  'GET /queues/static/*',
]

/** The body limit of the server is 256 KiB. */
const MAX_TOKEN = 255 * 1024
/** The queue of the demo route. */
const QUEUE = 'infer-demo'

/** Routes with work that is independent of the request size, and the queue board. */
export const OTHER_REQUESTS: WorstRequests = {
  ...Object.fromEntries(PLAIN.map((route) => [route, () => [{ path: fillPath(route) }]])),
  'POST /api/v1/session': () => [
    { path: '/api/v1/session', body: JSON.stringify({ token: 'x'.repeat(MAX_TOKEN) }) },
  ],
  'POST /ui/login': () => [
    {
      path: '/ui/login',
      body: `token=${'%41'.repeat(2_600)}`,
      type: 'application/x-www-form-urlencoded',
    },
  ],
  'POST /mcp': () => [
    ...WORST_QUERIES.map((query) => callTool('search_capabilities', { query, limit: 100 })),
    callTool('list_resource_types', { limit: 100 }),
    { path: '/mcp', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },
    { path: '/mcp', body: `[${'{"jsonrpc":"2.0","id":1,"method":"tools/list"},'.repeat(5_000)}1]` },
  ],
  ...webhookRequests(),
  'GET /api/v1/audit': () => [{ path: '/api/v1/audit?limit=200' }],
  // A known provider would wait for a worker, and none is running.
  'POST /api/v1/providers/:id/test': () => [{ path: '/api/v1/providers/none/test' }],
  'GET /queues/api/queues': () => [
    { path: `/queues/api/queues?activeQueue=${QUEUE}&status=latest&page=1&jobsPerPage=100000` },
    {
      path: `/queues/api/queues?activeQueue=${QUEUE}&status=prioritized&page=1&jobsPerPage=100000`,
    },
  ],
}

function callTool(name: string, input: object): WorstRequest {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, arguments: input },
  }
  return {
    path: '/mcp',
    body: JSON.stringify(message),
    accept: 'application/json, text/event-stream',
  }
}

/** No rig of these requests has the secret of webhooks, so each one is refused after it was read. */
function webhookRequests(): WorstRequests {
  const path = '/api/v1/webhooks/hook_000000000000000000000000'
  const replay = `${path}/deliveries/msg_00000000000000000000000000000000/replay`
  const clusters = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(253, 'x'))
  const labels = Object.fromEntries(clusters.slice(0, 20).map((name) => [name.slice(0, 63), name]))
  const body = JSON.stringify({ url: `https://example.com/${'x'.repeat(2_000)}`, clusters, labels })
  return {
    'POST /api/v1/webhooks': () => [{ path: '/api/v1/webhooks', body }],
    'GET /api/v1/webhooks/:id': () => [{ path }],
    'PUT /api/v1/webhooks/:id': () => [{ path, body }],
    'DELETE /api/v1/webhooks/:id': () => [{ path }],
    'POST /api/v1/webhooks/:id/test': () => [{ path: `${path}/test` }],
    'GET /api/v1/webhooks/:id/deliveries': () => [{ path: `${path}/deliveries?limit=500` }],
    'POST /api/v1/webhooks/:id/deliveries/:delivery/replay': () => [{ path: replay }],
  }
}

function fillPath(route: string): string {
  return route
    .slice(route.indexOf(' ') + 1)
    .replace(':queueName', QUEUE)
    .replace(':id', 'demo')
    .replaceAll(/:\w+/g, 'none')
    .replace('*', 'none')
}
