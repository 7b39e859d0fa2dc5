import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import { formatCount } from '@capstan/shared/text/units'
import { Meter } from '../../parts/meter.tsx'

const NAMES: Record<Dimension, string> = {
  requests: 'Requests',
  'input-tokens': 'Input tokens',
  'output-tokens': 'Output tokens',
  tokens: 'Tokens',
}

/** Headroom of each bucket and of the concurrency limit. The bar is what is used. */
export function AccountLimits({ account }: { account: AccountView }) {
  const { limits, concurrency, waiting } = account
  const known = DIMENSIONS.filter((name) => limits[name] !== undefined)
  return (
    <div class="limits">
      {known.map((name) => {
        const bucket = limits[name]
        if (bucket === undefined) return null
        const available = Math.max(0, Math.round(bucket.available))
        return (
          <div key={name} class="limit-line">
            <span>{NAMES[name]}</span>
            <Meter
              value={bucket.capacity - available}
              most={bucket.capacity}
              label={`${formatCount(available)} left, ${formatCount(Math.round(bucket.limit))} a minute`}
            />
          </div>
        )
      })}
      {known.length === 0 && (
        <p class="muted">No rate limit is known yet. Response headers and rejected calls set it.</p>
      )}
      <div class="limit-line">
        <span>Calls in flight</span>
        <Meter
          value={concurrency.inFlight}
          most={concurrency.limit}
          label={`${concurrency.inFlight} of ${Math.floor(concurrency.limit)}`}
        />
      </div>
      {concurrency.decreaseReason !== null && (
        <p class="warn-text">The concurrency limit was lowered: {concurrency.decreaseReason}</p>
      )}
      {waiting > 0 && <p class="muted">{waiting} processes have calls in the wait queue.</p>}
    </div>
  )
}
