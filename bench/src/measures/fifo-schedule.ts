/**
 * How long (ms) calls of these latencies take on so many slots when the next one starts the moment a slot is
 * free: what an engine without any cost of its own would need that does not know latencies beforehand.
 */
export function computeFifoSchedule(latenciesMs: number[], slots: number): number {
  const freeAt = Array.from({ length: slots }, () => 0)
  for (const latencyMs of latenciesMs) {
    const first = freeAt.indexOf(Math.min(...freeAt))
    freeAt[first] = (freeAt[first] ?? 0) + latencyMs
  }
  return Math.max(...freeAt)
}
