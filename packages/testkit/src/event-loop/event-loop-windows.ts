import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What the event loop of a process did between two signals. */
const EventLoopWindow = z.object({
  tookMs: z.number(),
  /** How much later than due a timer ran: quantiles of a hundred timers a second. */
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  /** The most processor time between two timers: what of `maxMs` the process causes, and not other processes. */
  maxComputeMs: z.number(),
  /** Share of the time in which the loop did not wait. */
  busyShare: z.number(),
})
export type EventLoopWindow = z.infer<typeof EventLoopWindow>

const WATCHER = new URL('./watch-event-loop.ts', import.meta.url)

/** For NODE_OPTIONS: the process writes the windows of its event loop to `report` (a path) when SIGTERM asks it to stop. */
export function watchOption(report: string): string {
  const watcher = new URL(WATCHER)
  watcher.searchParams.set('report', report)
  return `--import=${watcher.href}`
}

/** Ends the window of a process that watches its event loop, and begins the next one. */
export function endWindow(pid: number): void {
  process.kill(pid, 'SIGUSR2')
}

/** The windows of a process that has stopped, the first from its start. Throws when it was killed. */
export async function readWindows(report: string): Promise<EventLoopWindow[]> {
  return z.array(EventLoopWindow).parse(JSON.parse(await readFile(report, 'utf8')))
}
