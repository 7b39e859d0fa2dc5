import { formatNumber } from '../../format/number.ts'
import { Link } from '../../router/link.tsx'

interface NameListProps {
  title: string
  /** Class of the colour of the number. */
  tone: string
  names: string[]
  /** The scan that has these types. */
  scanId: string
}

/** Types with the same kind of change. Nothing without any. */
export function NameList({ title, tone, names, scanId }: NameListProps) {
  if (names.length === 0) return null
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        <strong class={tone}>{formatNumber(names.length)}</strong>
      </div>
      <ul class="names">
        {names.map((name) => (
          <li key={name}>
            <Link to={`scans/${scanId}?item=${encodeURIComponent(name)}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
