import type { Scan } from '@capstan/shared/contract/scan/scan'
import { isLimit } from './is-limit.ts'
import { ThrottleNotice } from './throttle-notice.tsx'
import { PauseNotice } from './pause-notice.tsx'
import { RetryNotice } from './retry-notice.tsx'

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
      <RetryNotice scan={scan} />
      <Warnings scan={scan} />
    </>
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
