import { formatSpread } from '../../report/spread.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { ClientReport } from '../../sse/client-message.ts'

export interface SseRun extends ClientReport {
  /** Memory of each client after it connected, and after the events. */
  kibEach: number
  loadedKibEach: number
  /** CPU time of the API by elapsed time. */
  apiCores: number
  /** Clients that read and are no longer connected. */
  cut: number
  /** Clients without reads that are still connected. */
  deafLeft: number
}

interface SsePlan {
  clients: number
  deaf: number
  typesPerSecond: number
}

const GOAL_MS = 250
const GOAL_KIB = 32

/** Renders the page of `bench sse`. */
export function renderSsePage(
  runs: SseRun[],
  { clients, deaf, typesPerSecond }: SsePlan,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const spread = (read: (run: SseRun) => number, digits = 0): string =>
    formatSpread(runs.map(read), digits)
  const delay = (share: number) => (run: SseRun) => findQuantile(run.delays, share)
  const worstMs = Math.max(...runs.map(delay(0.99)))
  const worstKib = Math.max(...runs.map(({ kibEach }) => kibEach))
  const faults = runs.reduce((sum, run) => sum + run.faults, 0)
  const cut = Math.max(...runs.map((run) => run.cut))
  const left = Math.max(...runs.map(({ deafLeft }) => deafLeft))
  return {
    title: 'Dashboards at one API process',
    method: [
      `${clients} clients in a process of their own open \`GET /api/v1/events?topics=scans,queue,providers,scan:<id>\` at one API process and read all of it, while the types of the scan finish at a rate of ${typesPerSecond} a second (two events each).`,
      `*Delay* is the time from XADD (\`at\` of an event, time of Redis) until a client has the event, over all clients and events.`,
      `Memory is the resident memory of the API beyond what it had with 50 earlier clients, by the number of clients.`,
      `Beside them ${deaf} clients of another scan never read, and get 18 MB of events.`,
      `${runs.length} run${runs.length === 1 ? '' : 's'}, each of a freshly started process; medians, with minimum and maximum in brackets.`,
    ].join(' '),
    rows: [
      {
        'delay p50, ms': spread(delay(0.5)),
        'p95, ms': spread(delay(0.95)),
        'p99, ms': spread(delay(0.99)),
        'maximum, ms': spread(delay(1)),
        'KiB each, connected': spread(({ kibEach }) => kibEach, 1),
        'KiB each, after the events': spread(({ loadedKibEach }) => loadedKibEach, 1),
        'cores of the API': spread(({ apiCores }) => apiCores, 2),
        'MB received': spread(({ bytes }) => bytes / 1e6),
      },
    ],
    plots: [],
    findings: [
      `* Goal (p99 of the delay below ${GOAL_MS} ms): ${describe(worstMs < GOAL_MS)} (${worstMs} ms in the worst run).`,
      `* Goal (at most ${GOAL_KIB} KiB for each client): ${describe(worstKib <= GOAL_KIB)} (${worstKib.toFixed(1)} KiB in the worst run). Buffers of the kernel are not part of it.`,
      `* Events that a client missed or received twice: ${faults}.`,
      `* Clients that read and were disconnected: ${cut} of ${clients} (goal 0: ${describe(cut === 0)}).`,
      `* Clients without reads that were still connected at the end: ${left} of ${deaf}.`,
      '* `scan.changed` and `scan.progress` are read half a second after the first change, so that they are sent at most twice a second. They are not part of the delay.',
    ].join('\n'),
  }
}

function describe(isReached: boolean): string {
  return isReached ? 'reached' : '**not reached**'
}

/** Returns the delay below which this share of the events is. */
function findQuantile(delays: number[], share: number): number {
  const total = delays.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (const [ms, count] of delays.entries()) {
    seen += count
    if (seen > 0 && seen >= share * total) return ms
  }
  return 0
}
