interface MeterProps {
  value: number
  most: number
  /** A mark where it will end. */
  expected?: number | null
  /** Text beside the bar. */
  label: string
  /** The end is no limit, so it has no colour of its own. */
  isPlain?: boolean
}

/** Share of a limit that is used. Amber from 80 % on, red at the end. */
export function Meter({ value, most, expected = null, label, isPlain = false }: MeterProps) {
  const percent = toPercent(value, most)
  const tone = isPlain ? 'busy' : findTone(percent)
  return (
    <span class="meter-line">
      <span
        class={`meter ${tone}`}
        role="meter"
        aria-valuenow={Math.round(percent)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={`${Math.round(percent)} % ${label}`}
      >
        <span style={{ width: `${percent}%` }} />
        {expected !== null && (
          <i style={{ left: `${toPercent(expected, most)}%` }} title="expected at the end" />
        )}
      </span>
      <span class="meter-label">{label}</span>
    </span>
  )
}

function findTone(percent: number): string {
  if (percent >= 100) return 'bad'
  return percent >= 80 ? 'warn' : 'busy'
}

function toPercent(value: number, most: number): number {
  return most <= 0 ? 100 : Math.min(100, (100 * value) / most)
}
