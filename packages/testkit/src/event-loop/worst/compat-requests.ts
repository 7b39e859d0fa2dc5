import { WORST_QUERIES } from './capability-requests.ts'
import type { WorstRequest, WorstRequests } from './worst-request.ts'

const BODY_BYTES = 2 * 1024 * 1024
const MOST_NAMES = 10_000

/** Routes of dot-ai's interface. */
export const COMPAT_REQUESTS: WorstRequests = {
  'POST /api/v1/tools/manageOrgData': ({ types }) => [
    ...WORST_QUERIES.map((id) =>
      manage({ operation: 'search', id, limit: 1_000, collection: 'worst' }),
    ),
    manage({ operation: 'list', limit: 10_000, collection: 'worst' }),
    manage({ operation: 'get', id: '00000000-0000-0000-0000-000000000000', collection: 'worst' }),
    manage({ operation: 'get', id: JSON.stringify({ kind: 'None', apiVersion: 'none/v1' }) }),
    manage({ operation: 'delete', id: 'w'.repeat(100_000), collection: 'worst' }),
    manage({ operation: 'progress' }),
    manage({ operation: 'scan', resourceList: names(MOST_NAMES) }),
    manage({ operation: 'scan', resourceList: [types.join(','), names(7_000)].join(',') }),
    manage({ operation: 'scan', resourceList: names(MOST_NAMES + 1) }),
    manage({ operation: 'scan', resourceList: ','.repeat(BODY_BYTES - 200) }),
    manage({ operation: 'scan', resourceList: 'a,'.repeat(BODY_BYTES / 2 - 200) }),
    manage({ operation: 'progress' }),
    manage({ operation: 'deleteAll' }),
  ],
  'POST /api/v1/tools/:tool': () => [{ path: '/api/v1/tools/none', body: '{}' }],
  'GET /api/v1/tools': () => [{ path: '/api/v1/tools' }],
  'GET /api/v1/openapi': () => [{ path: '/api/v1/openapi' }],
}

function manage(request: object): WorstRequest {
  const body = JSON.stringify({ dataType: 'capabilities', ...request })
  return { path: '/api/v1/tools/manageOrgData', body }
}

function names(count: number): string {
  return Array.from({ length: count }, (_, index) => `Unknown${index}.${'g'.repeat(150)}`).join(',')
}
