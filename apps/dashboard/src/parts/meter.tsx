interface MeterProps {
  value: number
  most: number
  /** A mark where it will end. */
  expected?: number | null
  /** Text beside the bar. */
  label: string
}

/** Share of a limit that is used. Amber from 80 % on, red at the end. */
export function Meter({ value, most, expected = null, label }: MeterProps) {
  const percent = toPercent(value, most)
  const tone = percent >= 100 ? 'bad' : percent >= 80 ? 'warn' : 'busy'
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
      {label}
    </span>
  )
}

function toPercent(value: number, most: number): number {
  return most <= 0 ? 100 : Math.min(100, (100 * value) / most)
}
