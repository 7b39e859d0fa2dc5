import type { Scan } from '@capstan/shared/contract/scan/scan'
import { Countdown } from '../../../parts/countdown.tsx'
import { Link } from '../../../router/link.tsx'

/** What bounds the speed of a running scan, in one line. */
export function WhyNotFaster({ scan }: { scan: Scan }) {
  const { throttle, waitingFor, concurrency, status, progress } = scan
  if (status !== 'running' && status !== 'queued') return null
  if (throttle !== null) {
    const { account, because, until } = throttle
    return (
      <p class="why">
        <strong>Why not faster:</strong> {account !== null && `${account}: `}
        {because}
        {until !== null && (
          <>
            , for <Countdown until={until} />
          </>
        )}
      </p>
    )
  }
  if (waitingFor !== null)
    return (
      <p class="why">
        <strong>Why not faster:</strong> {waitingFor.types} types wait for the answers of{' '}
        <Link to={`scans/${waitingFor.scanId}`}>another scan</Link>
      </p>
    )
  if (concurrency !== null && progress.running >= concurrency)
    return (
      <p class="why">
        <strong>Why not faster:</strong> the scan was started with at most {concurrency} types at a
        time
      </p>
    )
  return null
}
