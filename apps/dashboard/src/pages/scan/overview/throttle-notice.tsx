import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { formatTime } from '../../../format/clock.ts'
import { ActionButton } from '../../../parts/action-button.tsx'
import { Countdown } from '../../../parts/countdown.tsx'

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
  if (account === null) {
    if (!because.startsWith(OPERATOR_PAUSE)) return null
    return <ActionButton label="Resume the queues" run={api.resumeQueues} />
  }
  const end = () => api.endPauses(scan.provider, { account, model })
  return (
    <ActionButton label="End this pause" run={end}>
      <span class="muted">
        Calls start at once. A provider that still rejects them pauses it again.
      </span>
    </ActionButton>
  )
}
