import type { CapabilityView } from '@capstan/shared/contract/capability'
import { isAllowed } from '../../../data/is-allowed.ts'
import { setQuery } from '../../../router/location.ts'
import { Answer } from '../../scan/item/answer.tsx'
import { Documents } from './documents.tsx'
import { Example } from './example.tsx'

interface CapabilityDetailProps {
  row: CapabilityView
  onChange: () => void
}

/** The answer about a type, its metadata, an example, and the whole row to copy. */
export function CapabilityDetail({ row, onChange }: CapabilityDetailProps) {
  return (
    <>
      {row.stale && (
        <div class="notice warn">
          <strong>Stale</strong>
          <span>The definition has changed, or the cluster no longer has this type.</span>
        </div>
      )}
      <Metadata row={row} />
      {isAllowed('operator') && (
        <div class="row">
          <button
            type="button"
            class="button"
            onClick={() => setQuery({ type: '', of: '', new: row.resource, on: row.cluster })}
          >
            Rescan this type
          </button>
        </div>
      )}
      <Answer row={row} scanId={null} onChange={onChange} />
      <Example cluster={row.cluster} resource={row.resource} />
      <Documents row={row} />
    </>
  )
}

function Metadata({ row }: { row: CapabilityView }) {
  const pairs: [name: string, value: string][] = [
    ['Kind', row.kind],
    ['API version', row.apiVersion],
    ['Scope', row.scope === 'Namespaced' ? 'in a namespace' : 'the whole cluster'],
    ['Cluster', row.cluster],
    ['Short names', row.shortNames.join(', ')],
    ['Verbs', row.verbs.join(', ')],
  ]
  return (
    <dl class="pairs">
      {pairs
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  )
}
