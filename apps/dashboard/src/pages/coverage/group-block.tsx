import { formatNumber } from '../../format/number.ts'
import { DottedName } from '../../parts/dotted-name.tsx'
import { Link } from '../../router/link.tsx'
import { toChangedPage } from '../../router/location.ts'
import type { CoveredGroup } from './group-types.ts'
import { StateSquare } from './state-square.tsx'
import { TYPE_STATES } from './type-state.ts'

/** Squares of larger groups would push the others away. */
const MOST_SQUARES = 120

/** One API group: a square for each type, and the counts as words. */
export function GroupBlock({ group: { group, types, counts } }: { group: CoveredGroup }) {
  const words = TYPE_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${formatNumber(counts[state])} ${state}`,
  )
  return (
    <Link to={toChangedPage({ group: group === '' ? 'core' : group })} class="group-block">
      <strong>
        <DottedName name={group === '' ? 'core' : group} />
      </strong>
      <span class="squares">
        {types.slice(0, MOST_SQUARES).map(({ resource, state }) => (
          <StateSquare key={resource} state={state} title={`${resource}: ${state}`} />
        ))}
        {types.length > MOST_SQUARES && (
          <span class="muted">+{formatNumber(types.length - MOST_SQUARES)}</span>
        )}
      </span>
      <span class="muted">{words.join(', ')}</span>
    </Link>
  )
}
