import type { ReplayStep } from './replay-events.ts'

interface ChartProps {
  steps: ReplayStep[]
  /** The chosen event. */
  index: number
}

/** Points of the chart: more than the pixels of a screen show nothing more. */
const MOST_POINTS = 240

/** Finished and failed types over the events, with a mark at the chosen one. */
export function ReplayChart({ steps, index }: ChartProps) {
  const total = Math.max(1, ...steps.slice(-1).map(({ progress }) => progress.total ?? 0))
  const stride = Math.max(1, Math.ceil(steps.length / MOST_POINTS))
  const points = steps.filter((_, at) => at % stride === 0 || at === steps.length - 1)
  const toX = (at: number): number => (100 * at) / Math.max(1, points.length - 1)
  const draw = (read: (step: ReplayStep) => number): string =>
    points
      .map((step, at) => `${toX(at).toFixed(2)},${(40 - (40 * read(step)) / total).toFixed(2)}`)
      .join(' ')
  const mark = (100 * index) / Math.max(1, steps.length - 1)
  return (
    <svg class="chart" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <polygon
        class="finished"
        points={`0,40 ${draw(({ progress }) => progress.finished)} 100,40`}
      />
      <polygon class="failed" points={`0,40 ${draw(({ progress }) => progress.failed)} 100,40`} />
      <line x1={mark} x2={mark} y1="0" y2="40" />
    </svg>
  )
}
