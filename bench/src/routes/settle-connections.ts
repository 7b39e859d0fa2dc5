import { setTimeout as wait } from 'node:timers/promises'
import { countConnections } from '../engine/count-connections.ts'

const LOOK_MS = 100
/** A worker looks for new routes every 2 s. */
const SETTLED_MS = 3_000

/** Waits until the number of Redis connections of a process is stable, and returns it. */
export async function settleConnections(
  pid: number,
  redisUrl: string,
  signal: AbortSignal,
): Promise<number> {
  const port = Number(new URL(redisUrl).port)
  let count = await countConnections(pid, port)
  let settledAt = performance.now() + SETTLED_MS
  while (performance.now() < settledAt) {
    await wait(LOOK_MS, undefined, { signal })
    const now = await countConnections(pid, port)
    if (now !== count) settledAt = performance.now() + SETTLED_MS
    count = now
  }
  return count
}
