import { useState } from 'preact/hooks'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Scan } from '@capstan/shared/contract/scan/scan'

type BudgetLimit = NonNullable<Scan['budget']['stoppedBy']>

const NAMES: Record<BudgetLimit, string> = {
  maxCostUsd: 'New limit in US dollars',
  maxTokens: 'New limit of tokens',
  maxFailures: 'New limit of failed types',
}

interface RaiseProps {
  budget: Scan['budget']
  stoppedBy: BudgetLimit
  isRunning: boolean
  onRaise: (budget: Budget) => void
}

/** Asks for a larger limit, twice the present one to begin with. */
export function RaiseBudget({ budget, stoppedBy, isRunning, onRaise }: RaiseProps) {
  const present = budget[stoppedBy] ?? 0
  const [limit, setLimit] = useState(String(present * 2))
  const raise = (event: Event): void => {
    event.preventDefault()
    onRaise({ [stoppedBy]: Number(limit) })
  }
  return (
    <form class="row" onSubmit={raise}>
      <label class="row">
        {NAMES[stoppedBy]}
        <input
          type="number"
          required
          step="any"
          min={present}
          value={limit}
          onInput={({ currentTarget }) => setLimit(currentTarget.value)}
        />
      </label>
      <button
        type="submit"
        class="button small primary"
        disabled={isRunning || !(Number(limit) > present)}
      >
        Raise it and resume
      </button>
      <span class="muted">
        The limit is {present}. It counts everything that the scan has used so far.
      </span>
    </form>
  )
}
