import { useState } from 'preact/hooks'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { isAllowed } from '../../../data/is-allowed.ts'
import { formatTime } from '../../../format/clock.ts'
import { SourceBadge } from '../../../parts/source-badge.tsx'
import { Link } from '../../../router/link.tsx'
import { OverrideForm } from './override-form.tsx'

interface AnswerProps {
  row: CapabilityView
  /** The scan that is being looked at. Null outside of scans. */
  scanId: string | null
  onChange: () => void
}

/** The answer as the catalog has it, and where it comes from. A person may correct it in place. */
export function Answer({ row, scanId, onChange }: AnswerProps) {
  const [isEditing, setEditing] = useState(false)
  if (isEditing)
    return (
      <OverrideForm
        row={row}
        onClose={(hasChanged) => {
          setEditing(false)
          if (hasChanged) onChange()
        }}
      />
    )
  return (
    <div class="answer">
      <div class="row">
        <SourceBadge source={row.source} />
        <span class={row.lowConfidence ? 'warn-text' : 'muted'}>
          confidence {row.confidence.toFixed(2)}
        </span>
        <span class="muted">{row.complexity} complexity</span>
        {isAllowed('admin') && (
          <button type="button" class="button small" onClick={() => setEditing(true)}>
            {row.override === null ? 'Correct it' : 'Change the correction'}
          </button>
        )}
      </div>
      <p>{row.description}</p>
      {row.useCase !== '' && <p class="muted">{row.useCase}</p>}
      <Names title="Capabilities" names={row.capabilities} />
      <Names title="Providers" names={row.providers} />
      <Names title="Hides" names={row.abstractions} />
      <Suspicions row={row} />
      <Origin row={row} shownScan={scanId} />
    </div>
  )
}

function Names({ title, names }: { title: string; names: string[] }) {
  if (names.length === 0) return null
  return (
    <div>
      <h3>{title}</h3>
      <ul class="tags">
        {names.map((name) => (
          <li key={name} class="badge">
            {name}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Suspicions({ row: { suspicions } }: { row: CapabilityView }) {
  if (suspicions.length === 0) return null
  return (
    <div class="notice warn">
      <strong>Text that looks like a prompt injection</strong>
      {suspicions.map(({ in: where, kind, excerpt }) => (
        <span key={where + kind + excerpt}>
          {kind} in the {where}: <q>{excerpt}</q>
        </span>
      ))}
    </div>
  )
}

function Origin({ row, shownScan }: { row: CapabilityView; shownScan: string | null }) {
  const { provenance, override, stale } = row
  const { scanId, model, inferredAt, worker } = provenance
  return (
    <p class="muted">
      {override !== null && (
        <>
          Corrected by {override.by}, {formatTime(override.at)}
          {override.note !== null && `: ${override.note}`}.{' '}
        </>
      )}
      {stale && 'The definition has changed since. '}
      {model}, {formatTime(inferredAt)}
      {worker !== null && `, worker ${worker}`}
      {scanId !== '' && scanId !== shownScan && (
        <>
          , from{' '}
          <Link to={`scans/${scanId}`}>{shownScan === null ? 'this scan' : 'an earlier scan'}</Link>
        </>
      )}
      .
    </p>
  )
}
