import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { useAction } from '../../../data/use-action.ts'
import { Countdown } from '../../../parts/countdown.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { formatTime } from '../../../format/clock.ts'
import { isLimit } from './is-limit.ts'
import { PauseNotice } from './pause-notice.tsx'

/** Everything about a scan that a person has to know or decide, the most important first. */
export function ScanNotices({ scan }: { scan: Scan }) {
  const { problem, pause, throttle, done } = scan
  return (
    <>
      {problem !== null && (
        <div class="notice bad" role="alert">
          <strong>{problem.title}</strong>
          {problem.detail && <span>{problem.detail}</span>}
          {problem.hint && <span class="muted">{problem.hint}</span>}
        </div>
      )}
      {pause !== null && scan.status === 'paused' && <PauseNotice scan={scan} pause={pause} />}
      {throttle !== null && !done && !isLimit(throttle) && (
        <ThrottleNotice scan={scan} throttle={throttle} />
      )}
      <Warnings scan={scan} />
    </>
  )
}

interface ThrottleProps {
  scan: Scan
  throttle: NonNullable<Scan['throttle']>
}

/** Calls wait. Shows the cause in the words of the provider, and ends a pause that is no longer needed. */
function ThrottleNotice({ scan, throttle }: ThrottleProps) {
  const { account, because, until, fault, model } = throttle
  const action = useAction()
  const end = (): void =>
    void action.run(() =>
      api.endPauses(scan.provider, { model, ...(account === null ? {} : { account }) }),
    )
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
      {action.error !== undefined && <FaultNotice error={action.error} />}
      {account !== null && isAllowed('operator') && (
        <div class="row">
          <button type="button" class="button small" disabled={action.isRunning} onClick={end}>
            End this pause
          </button>
          <span class="muted">
            Calls start at once. A provider that still rejects them pauses it again.
          </span>
        </div>
      )}
    </div>
  )
}

/** More are behind a line to open. */
const SHOWN = 3

function Warnings({ scan: { warnings, unavailable } }: { scan: Scan }) {
  const all = [
    ...warnings,
    ...unavailable.map(({ group, reason }) => `API group ${group} did not answer: ${reason}`),
  ]
  if (all.length === 0) return null
  const rest = all.slice(SHOWN)
  return (
    <div class="notice warn">
      {all.slice(0, SHOWN).map((text) => (
        <span key={text}>{text}</span>
      ))}
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          {rest.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </details>
      )}
    </div>
  )
}
