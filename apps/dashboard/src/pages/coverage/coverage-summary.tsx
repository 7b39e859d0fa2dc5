import { formatNumber } from '../../format/number.ts'
import { countStates, type CoveredGroup } from './group-types.ts'
import { StateSquare } from './state-square.tsx'
import { STATE_MEANINGS, TYPE_STATES } from './type-state.ts'

/** The share of current answers, and what the squares mean. */
export function CoverageSummary({ groups }: { groups: CoveredGroup[] }) {
  const types = groups.flatMap((group) => group.types)
  const counts = countStates(types)
  const wanted = types.length - counts.excluded
  const percent = wanted === 0 ? 0 : Math.floor((100 * counts.fresh) / wanted)
  return (
    <div class="limits">
      <p>
        <strong>{percent} %</strong> of {formatNumber(wanted)} types in {groups.length} API groups
        have a current answer.
      </p>
      <ul class="legend">
        {TYPE_STATES.map((state) => (
          <li key={state} title={STATE_MEANINGS[state]}>
            <StateSquare state={state} />
            {formatNumber(counts[state])} {state}
          </li>
        ))}
      </ul>
    </div>
  )
}
