import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** Event loop measurements of a process between two signals. */
const EventLoopWindow = z.object({
  tookMs: z.number(),
  /** Delay of a timer, as quantiles of a hundred timers per second. */
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  /** Maximum CPU time between two timers: the part of `maxMs` that the process itself causes. */
  maxComputeMs: z.number(),
  /** Share of the time in which the loop was busy. */
  busyShare: z.number(),
})
export type EventLoopWindow = z.infer<typeof EventLoopWindow>

const WATCHER = new URL('./watch-event-loop.ts', import.meta.url)

/** For NODE_OPTIONS: the process writes its windows to `report` (a path) when it receives SIGTERM. */
export function buildWatchOption(report: string): string {
  const watcher = new URL(WATCHER)
  watcher.searchParams.set('report', report)
  return `--import=${watcher.href}`
}

/** Ends the current window of a watched process and starts the next one. */
export function endWindow(pid: number): void {
  process.kill(pid, 'SIGUSR2')
}

/** Reads the windows of a stopped process, starting with its start. Throws if the process was killed. */
export async function readWindows(report: string): Promise<EventLoopWindow[]> {
  return z.array(EventLoopWindow).parse(JSON.parse(await readFile(report, 'utf8')))
}
