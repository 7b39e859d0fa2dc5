import type { Progress } from '@capstan/shared/contract/scan/progress'
import { formatNumber } from '../format/number.ts'

const PARTS = ['succeeded', 'failed', 'skipped', 'canceled', 'running', 'retrying'] as const

/** The types of a scan by status as one bar. What is left of it waits. */
export function Segments({ progress, tall = false }: { progress: Progress; tall?: boolean }) {
  const { total } = progress
  const shown = PARTS.filter((part) => progress[part] > 0)
  const text = shown.map((part) => `${formatNumber(progress[part])} ${part}`).join(', ')
  return (
    <div
      class={tall ? 'segments tall' : 'segments'}
      role="img"
      aria-label={total === null ? 'not planned yet' : `${text || 'nothing finished'} of ${total}`}
      title={text}
    >
      {total !== null &&
        shown.map((part) => (
          <span key={part} class={part} style={{ width: `${(100 * progress[part]) / total}%` }} />
        ))}
    </div>
  )
}
