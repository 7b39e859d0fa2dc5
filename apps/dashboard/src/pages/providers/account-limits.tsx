import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { SpeedBound } from '@capstan/shared/contract/speed/speed-bound'
import { formatCount } from '@capstan/shared/text/units'
import { Meter } from '../../parts/meter.tsx'

const NAMES: Record<Dimension, string> = {
  requests: 'Requests',
  'input-tokens': 'Input tokens',
  'output-tokens': 'Output tokens',
  tokens: 'Tokens',
}

interface AccountLimitsProps {
  account: AccountView
  /** The limit that bounds the speed of a scan. */
  bound?: SpeedBound | undefined
}

/** Headroom of each bucket and of the concurrency limit. The bar is what is used. */
export function AccountLimits({ account, bound }: AccountLimitsProps) {
  const { limits, concurrency, waiting } = account
  const known = DIMENSIONS.filter((name) => limits[name] !== undefined)
  return (
    <div class="limits">
      {known.map((name) => {
        const bucket = limits[name]
        if (bucket === undefined) return null
        const available = Math.max(0, Math.round(bucket.available))
        return (
          <div key={name} class={name === bound ? 'limit-line bound' : 'limit-line'}>
            <LimitName name={NAMES[name]} isBound={name === bound} />
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
      <div class={bound === 'concurrency' ? 'limit-line bound' : 'limit-line'}>
        <LimitName name="Calls in flight" isBound={bound === 'concurrency'} />
        <Meter
          value={concurrency.inFlight}
          most={concurrency.limit}
          label={`${concurrency.inFlight} of ${Math.floor(concurrency.limit)}`}
        />
      </div>
      {concurrency.decreaseReason !== null && (
        <p class="warn-text">The concurrency limit was lowered: {concurrency.decreaseReason}</p>
      )}
      {waiting > 0 && (
        <p class="muted">
          {waiting === 1 ? 'One process has' : `${waiting} processes have`} calls in the wait queue.
        </p>
      )}
    </div>
  )
}

function LimitName({ name, isBound }: { name: string; isBound: boolean }) {
  return (
    <span>
      {name}
      {isBound && <span class="badge warn-text">holds the scan back</span>}
    </span>
  )
}
