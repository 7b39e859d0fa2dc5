import type { DailyBudgetView } from '@capstan/shared/contract/daily-budget'
import { formatCount } from '@capstan/shared/text/units'
import { formatTime } from '../../format/clock.ts'
import { formatMoney } from '../../format/money.ts'
import { formatNumber } from '../../format/number.ts'
import { Meter } from '../../parts/meter.tsx'

/** Spend of all scans today against the daily budget. */
export function SpendToday({ budget }: { budget: DailyBudgetView }) {
  const { maxCostUsd, maxTokens, tokens, calls, costUsd, knownCostUsd, until } = budget
  const cost = costUsd ?? knownCostUsd
  return (
    <section class="card" aria-label="Spend today">
      <div class="card-head">
        <h2>Spend today</h2>
        <span class="muted">until {formatTime(until)}, midnight UTC</span>
      </div>
      <div class="card-body limits">
        <p>
          {costUsd === null ? `at least ${formatMoney(knownCostUsd)}` : formatMoney(costUsd)} for{' '}
          {formatCount(tokens)} tokens in {formatNumber(calls)} calls
          {budget.unpricedTokens > 0 && (
            <span class="muted">, {formatCount(budget.unpricedTokens)} of unknown price</span>
          )}
        </p>
        {maxCostUsd !== undefined && (
          <Meter
            value={cost}
            most={maxCostUsd}
            expected={cost + budget.reservedCostUsd}
            label={`${formatMoney(cost)} of ${formatMoney(maxCostUsd)}`}
          />
        )}
        {maxTokens !== undefined && (
          <Meter
            value={tokens}
            most={maxTokens}
            expected={tokens + budget.reservedTokens}
            label={`${formatCount(tokens)} of ${formatCount(maxTokens)} tokens`}
          />
        )}
        {maxCostUsd === undefined && maxTokens === undefined && (
          <p class="muted">
            No daily budget. <code>CAPSTAN_DAILY_MAX_COST_USD</code> of the workers sets one.
          </p>
        )}
      </div>
    </section>
  )
}
