import { formatNumber } from '../../../format/number.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import type { MoreTypes } from './use-more-types.ts'

interface ShowMoreProps {
  more: MoreTypes
  /** Number of all types of the list. */
  count: number
}

/** Reads the next page of a list; nothing once all of it is shown. */
export function ShowMore({ more: { types, hasMore, showMore, reading }, count }: ShowMoreProps) {
  return (
    <>
      {reading.error !== undefined && <FaultNotice error={reading.error} />}
      {hasMore && (
        <div class="row center card-body">
          <button type="button" class="button" disabled={reading.isRunning} onClick={showMore}>
            Show more
          </button>
          <span class="muted">
            {formatNumber(types.length)} of {formatNumber(count)}
          </span>
        </div>
      )}
    </>
  )
}
