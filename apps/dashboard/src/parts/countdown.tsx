import { formatDuration } from '@capstan/shared/text/units'
import { now } from '../format/clock.ts'

/** Time until `until`, such as `12 s`. Counts down while one looks at it. */
export function Countdown({ until }: { until: string }) {
  const left = Math.max(0, Math.ceil((Date.parse(until) - now.value) / 1000))
  return <span>{left < 120 ? `${left} s` : formatDuration(left * 1000)}</span>
}
