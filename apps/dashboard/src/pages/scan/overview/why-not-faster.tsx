import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { SpeedBound } from '@capstan/shared/contract/speed/speed-bound'
import { Link } from '../../../router/link.tsx'
import { isLimit } from './is-limit.ts'

/** The bound of the speed of a scan, and the time left after a change, in one line each. */
export function WhyNotFaster({ scan }: { scan: Scan }) {
  const { notFaster, eta } = scan
  const changes = eta.whatIf.map(({ text }) => text).join('; ')
  return (
    <>
      {notFaster !== null && !hasNotice(scan, notFaster.kind) && (
        <p class="why">
          <strong>Why not faster:</strong> {notFaster.text} <OtherScan scan={scan} />
        </p>
      )}
      {changes !== '' && (
        <p class="why">
          <strong>What would change it:</strong> {changes}
        </p>
      )}
    </>
  )
}

const STOPS: readonly SpeedBound[] = ['no-worker', 'paused', 'breaker', 'batch']

/** A pause, and a throttle that lets no call start, have notices of their own. */
function hasNotice({ status, throttle }: Scan, kind: SpeedBound): boolean {
  if (status === 'paused') return true
  return throttle !== null && !isLimit(throttle) && STOPS.includes(kind)
}

function OtherScan({ scan: { notFaster, waitingFor } }: { scan: Scan }) {
  if (notFaster?.kind !== 'waiting-for-scan' || waitingFor === null) return null
  return <Link to={`scans/${waitingFor.scanId}`}>Open it</Link>
}
