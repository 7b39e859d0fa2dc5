import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { keepRetry } from '../../../data/retries.ts'
import { keepScan } from '../../../data/store.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatEstimate } from '../../../format/money.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { setQuery } from '../../../router/location.ts'
import type { FailureGroup } from './group-failures.ts'
import { readFailed } from './read-failed.ts'

interface FailureActionsProps {
  scan: Scan
  group: FailureGroup
}

/** The server takes at most so many names. */
const MOST_NAMES = 5_000

/** What can be done about all types with one reason. */
export function FailureActions({ scan, group }: FailureActionsProps) {
  const action = useAction()
  const { reason } = group
  const change = (send: typeof api.retryScan): void =>
    void action.run(async () => {
      const same = await readFailed(scan.id, { most: MOST_NAMES, reason })
      const names = same.map(({ resource }) => resource)
      const changed = await send(scan.id, names)
      if (send === api.retryScan) keepRetry(changed, scan.progress.failed)
      else keepScan(changed)
    })
  return (
    <>
      <div class="row">
        {isAllowed('operator') && (
          <GroupButtons scan={scan} group={group} isRunning={action.isRunning} onChange={change} />
        )}
        <button
          type="button"
          class="button plain small"
          onClick={() => setQuery({ status: 'failed', reason })}
        >
          Show
        </button>
      </div>
      {action.error !== undefined && <FaultNotice error={action.error} />}
    </>
  )
}

interface GroupButtonsProps extends FailureActionsProps {
  isRunning: boolean
  onChange: (send: typeof api.retryScan) => void
}

function GroupButtons({ scan, group, isRunning, onChange }: GroupButtonsProps) {
  const { count, retryCostUsd } = group
  return (
    <>
      <button
        type="button"
        class="button small"
        disabled={!scan.done || isRunning}
        title={scan.done ? undefined : 'Once the scan has ended'}
        onClick={() => onChange(api.retryScan)}
      >
        Retry these {count}
      </button>
      {retryCostUsd !== null && <span class="muted">{formatEstimate(retryCostUsd)}</span>}
      {scan.done && (
        <button
          type="button"
          class="button plain small"
          disabled={isRunning}
          title="They count as skipped and are no longer listed as failed"
          onClick={() => onChange(api.discardFailed)}
        >
          Give up
        </button>
      )}
    </>
  )
}
