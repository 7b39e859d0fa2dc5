import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoopWindow } from './event-loop-windows.ts'

/**
 * Preloaded into a process (`node --import <this file>?report=<path>`): only measures its event loop. SIGUSR2
 * ends a window and starts the next one. SIGTERM ends the last one and writes all of them, before the process
 * starts to stop.
 */
const report = new URL(import.meta.url).searchParams.get('report')
if (report === null) throw new Error('the path of the report is missing')

/** A hundred timers per second, which is cheap enough not to disturb the measured process. */
const RESOLUTION_MS = 10
const NS_PER_MS = 1e6
const US_PER_MS = 1e3

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
const windows: EventLoopWindow[] = []
let startedAt = performance.now()
let computedUs = computedSoFarUs()
let mostComputedUs = 0
let use = performance.eventLoopUtilization()

function endWindow(): void {
  noteComputing()
  const now = performance.now()
  windows.push({
    tookMs: now - startedAt,
    p50Ms: toDelayMs(delays.percentile(50)),
    p99Ms: toDelayMs(delays.percentile(99)),
    maxMs: toDelayMs(delays.max),
    maxComputeMs: mostComputedUs / US_PER_MS,
    busyShare: performance.eventLoopUtilization(use).utilization,
  })
  delays.reset()
  mostComputedUs = 0
  startedAt = now
  use = performance.eventLoopUtilization()
}

/** The monitor records the time between two of its timers. */
function toDelayMs(betweenTimersNs: number): number {
  return Math.max(0, betweenTimersNs / NS_PER_MS - RESOLUTION_MS)
}

/** CPU time of the main thread. */
function computedSoFarUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

function noteComputing(): void {
  const now = computedSoFarUs()
  mostComputedUs = Math.max(mostComputedUs, now - computedUs)
  computedUs = now
}

delays.enable()
setInterval(noteComputing, RESOLUTION_MS).unref()
process.on('SIGUSR2', endWindow)
process.once('SIGTERM', () => {
  endWindow()
  writeFileSync(report, JSON.stringify(windows))
})
