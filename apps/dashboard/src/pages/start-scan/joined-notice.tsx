import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { Link } from '../../router/link.tsx'

interface JoinedProps {
  scan: StartedScan
  joined: NonNullable<StartedScan['joined']>
}

/** No new scan started, because a running one already answers the request. */
export function JoinedNotice({ scan, joined }: JoinedProps) {
  return (
    <div class="notice" role="status">
      <strong>A scan that {scan.createdBy} has started already covers this</strong>
      <span>{joined.reason}</span>
      <div class="row">
        <Link to={`scans/${scan.id}`} class="button small primary">
          Open it
        </Link>
      </div>
    </div>
  )
}
