import type { Scan } from '@capstan/shared/contract/scan/scan'
import { pluralize } from '@capstan/shared/text/units'
import { findRetry } from '../../../data/retries.ts'
import { Meter } from '../../../parts/meter.tsx'
import { Link } from '../../../router/link.tsx'
import { toChangedPage } from '../../../router/location.ts'

/** What a retry made: the run that repeats the types, how far it is, and what failed again. */
export function RetryNotice({ scan }: { scan: Scan }) {
  const { id, runAttempt, progress, done } = scan
  const retry = findRetry(id)
  if (retry === undefined || retry.runAttempt !== runAttempt) return null
  const left = progress.queued + progress.running + progress.retrying
  const finished = Math.max(0, retry.count - left)
  const again = Math.max(0, progress.failed - retry.otherFailures)
  return (
    <div class="notice calm-soft" role="status">
      <strong>
        Run {runAttempt} {done ? 'repeated' : 'repeats'} {pluralize(retry.count, 'type')}
      </strong>
      <Meter value={finished} most={retry.count} label={`${finished} of ${retry.count}`} isPlain />
      {again > 0 && (
        <Link to={toChangedPage({ status: 'failed', reason: '' })}>
          {pluralize(again, 'type')} failed again
        </Link>
      )}
      {done && again === 0 && <span>None failed again.</span>}
    </div>
  )
}
