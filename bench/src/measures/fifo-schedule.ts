/**
 * Time (ms) for calls of these latencies when the next call starts as soon as a slot is free: an ideal
 * scheduler (zero overhead) that does not know latencies in advance.
 */
export function computeFifoSchedule(latenciesMs: number[], slots: number): number {
  const freeAt = Array.from({ length: slots }, () => 0)
  for (const latencyMs of latenciesMs) {
    const first = freeAt.indexOf(Math.min(...freeAt))
    freeAt[first] = (freeAt[first] ?? 0) + latencyMs
  }
  return Math.max(...freeAt)
}
