import { isAllowed } from '../../data/is-allowed.ts'
import { formatNumber } from '../../format/number.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Link } from '../../router/link.tsx'
import { setQuery } from '../../router/location.ts'
import type { CoveredGroup, CoveredType } from './group-types.ts'
import { StateSquare } from './state-square.tsx'
import { toScanPatterns } from './to-scan-patterns.ts'
import { STATE_MEANINGS, TYPE_STATES, type TypeState } from './type-state.ts'

interface GroupDrawerProps {
  group: CoveredGroup
  cluster: string | undefined
}

/** The types of an API group by state, each part with a scan of exactly these types. */
export function GroupDrawer({ group, cluster }: GroupDrawerProps) {
  const open = group.types.filter(({ state }) => state !== 'fresh' && state !== 'excluded')
  return (
    <Dialog
      title={group.group === '' ? 'core' : group.group}
      isDrawer
      onClose={() => setQuery({ group: '' })}
    >
      {open.length > 0 && (
        <ScanButton group={group} cluster={cluster} types={open} text="without a current answer" />
      )}
      {open.length === 0 && <p class="muted">Each type that scans look at has a current answer.</p>}
      {TYPE_STATES.map((state) => (
        <TypesOfState key={state} group={group} cluster={cluster} state={state} />
      ))}
    </Dialog>
  )
}

function TypesOfState({ group, cluster, state }: GroupDrawerProps & { state: TypeState }) {
  const types = group.types.filter((type) => type.state === state)
  if (types.length === 0) return null
  return (
    <section class="limits" aria-label={state}>
      <div class="row">
        <StateSquare state={state} />
        <strong>
          {formatNumber(types.length)} {state}
        </strong>
        <span class="muted">{STATE_MEANINGS[state]}</span>
      </div>
      <ul class="plain-list">
        {types.map(({ resource, kind, reason }) => (
          <li key={resource}>
            {state === 'fresh' || state === 'stale' ? (
              <Link to={toDetail(resource, cluster)}>{resource}</Link>
            ) : (
              resource
            )}{' '}
            <span class="muted">
              {kind}
              {reason !== undefined && `: ${reason}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface ScanButtonProps extends GroupDrawerProps {
  types: CoveredType[]
  text: string
}

function ScanButton({ group, cluster = '', types, text }: ScanButtonProps) {
  if (!isAllowed('operator')) return null
  const patterns = toScanPatterns(group, types)
  return (
    <div class="row">
      <button
        type="button"
        class="button primary"
        onClick={() => setQuery({ group: '', new: patterns, on: cluster })}
      >
        Scan {types.length === 1 ? 'the type' : `the ${formatNumber(types.length)} types`} {text}
      </button>
    </div>
  )
}

function toDetail(resource: string, cluster: string | undefined): string {
  const query = new URLSearchParams({ type: resource, of: cluster ?? '' })
  return `catalog?${query.toString()}`
}
