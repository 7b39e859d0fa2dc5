import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatTime } from '../../../format/clock.ts'
import { Countdown } from '../../../parts/countdown.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'

interface ThrottleProps {
  scan: Scan
  throttle: NonNullable<Scan['throttle']>
}

/** No call starts. Shows the cause in the words of the provider, and ends a pause that is no longer needed. */
export function ThrottleNotice({ scan, throttle }: ThrottleProps) {
  const { account, because, until, fault } = throttle
  return (
    <div class="notice warn" role="status">
      <strong>
        {account === null ? 'Calls wait' : `Calls of account ${account} wait`}
        {until !== null && (
          <>
            {' '}
            for <Countdown until={until} />
          </>
        )}
      </strong>
      <span>{because}</span>
      {fault !== null && !because.includes(fault.title) && (
        <span>
          Last failed call, {formatTime(fault.at)}: {fault.title}
        </span>
      )}
      {fault?.hint !== undefined && <span class="muted">{fault.hint}</span>}
      {isAllowed('operator') && <ThrottleActions scan={scan} throttle={throttle} />}
    </div>
  )
}

/** Begin of the text of a throttle while the queues are paused. */
const OPERATOR_PAUSE = 'an operator has paused the queues'

function ThrottleActions({ scan, throttle: { account, because, model } }: ThrottleProps) {
  const action = useAction()
  const act =
    account === null ? api.resumeQueues : () => api.endPauses(scan.provider, { account, model })
  if (account === null && !because.startsWith(OPERATOR_PAUSE)) return null
  return (
    <>
      {action.error !== undefined && <FaultNotice error={action.error} />}
      <div class="row">
        <button
          type="button"
          class="button small"
          disabled={action.isRunning}
          onClick={() => void action.run(act)}
        >
          {account === null ? 'Resume the queues' : 'End this pause'}
        </button>
        {account !== null && (
          <span class="muted">
            Calls start at once. A provider that still rejects them pauses it again.
          </span>
        )}
      </div>
    </>
  )
}
