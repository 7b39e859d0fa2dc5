import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoopWindow } from './event-loop-windows.ts'

/**
 * Preloaded into a process (`node --import <this file>?report=<path>`): watches its event loop and touches nothing else.
 * SIGUSR2 ends a window and begins the next one. SIGTERM ends the last one and writes all of them, before any part of the
 * process begins to stop.
 */
const report = new URL(import.meta.url).searchParams.get('report')
if (report === null) throw new Error('the path of the report is missing')

/** A hundred timers a second: a process that is measured must not notice. */
const RESOLUTION_MS = 10
const NS_PER_MS = 1e6

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
const windows: EventLoopWindow[] = []
let startedAt = performance.now()
let use = performance.eventLoopUtilization()

function endWindow(): void {
  const now = performance.now()
  windows.push({
    tookMs: now - startedAt,
    p50Ms: toDelayMs(delays.percentile(50)),
    p99Ms: toDelayMs(delays.percentile(99)),
    maxMs: toDelayMs(delays.max),
    busyShare: performance.eventLoopUtilization(use).utilization,
  })
  delays.reset()
  startedAt = now
  use = performance.eventLoopUtilization()
}

/** The monitor records the time between two of its timers. */
function toDelayMs(betweenTimersNs: number): number {
  return Math.max(0, betweenTimersNs / NS_PER_MS - RESOLUTION_MS)
}

delays.enable()
process.on('SIGUSR2', endWindow)
process.once('SIGTERM', () => {
  endWindow()
  writeFileSync(report, JSON.stringify(windows))
})
