import { CAPABILITY_REQUESTS } from './capability-requests.ts'
import { COMPAT_REQUESTS } from './compat-requests.ts'
import { OTHER_REQUESTS } from './other-requests.ts'
import { SCAN_REQUESTS } from './scan-requests.ts'
import type { WorstRequests } from './worst-request.ts'

/** The worst requests of every route of the API. `apps/api/test/events/event-loop.stress.test.ts` fails for a route without an entry. */
export const WORST_REQUESTS: WorstRequests = {
  ...CAPABILITY_REQUESTS,
  ...OTHER_REQUESTS,
  ...SCAN_REQUESTS,
  ...COMPAT_REQUESTS,
}
