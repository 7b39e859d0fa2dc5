/** Interval of a call. Clock times in ms; null while it runs. */
export interface Span {
  arrivedMs: number
  endedMs: number | null
}

/** Mean number of calls in flight in each step of `stepMs` from `fromMs` to `toMs`. */
export function countInFlight(
  spans: Span[],
  fromMs: number,
  toMs: number,
  stepMs: number,
): number[] {
  const steps = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, () => 0)
  for (const { arrivedMs, endedMs } of spans) {
    const [begin, end] = [Math.max(arrivedMs, fromMs) - fromMs, (endedMs ?? toMs) - fromMs]
    for (let step = Math.floor(begin / stepMs); step * stepMs < end; step += 1) {
      if (step >= steps.length) break
      const within = Math.min(end, (step + 1) * stepMs) - Math.max(begin, step * stepMs)
      steps[step] = (steps[step] ?? 0) + within / stepMs
    }
  }
  return steps
}
