import type { Scan } from '@capstan/shared/contract/scan/scan'
import { Link } from '../../../router/link.tsx'
import { isLimit } from './is-limit.ts'

/** What bounds the speed of a running scan, in one line. */
export function WhyNotFaster({ scan }: { scan: Scan }) {
  const { throttle, waitingFor, concurrency, status, progress } = scan
  if (status !== 'running' && status !== 'queued') return null
  // A throttle that lets no call start has a notice of its own.
  if (throttle !== null)
    return isLimit(throttle) ? (
      <p class="why">
        <strong>Why not faster:</strong> {throttle.account !== null && `${throttle.account}: `}
        {throttle.because}
      </p>
    ) : null
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
