import { REASON_CATALOGUE } from '@capstan/shared/contract/server/reason-catalogue'
import { pluralize } from '@capstan/shared/text/units'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { setQuery } from '../../../router/location.ts'
import { useShortcuts } from '../../../shell/use-shortcuts.ts'
import { FailureActions } from './failure-actions.tsx'
import { groupFailures, type FailureGroup } from './group-failures.ts'
import { readFailed } from './read-failed.ts'

/** Enough for causes and costs. The counters of the scan have the exact numbers. */
const MOST_READ = 1_000

/** Failed types by reason, each with its cause, its fix, and what a retry costs. */
export function Failures({ scan }: { scan: Scan }) {
  const { id, progress, runAttempt, done } = scan
  // While the scan runs, causes are read again only when the failures have doubled.
  const round = done ? progress.failed : Math.floor(Math.log2(progress.failed))
  const read = useRequest(`${id} ${runAttempt} ${done} ${round}`, (signal) =>
    readFailed(id, { most: MOST_READ, signal }),
  )
  useShortcuts([
    { keys: 'f', does: 'show failed types', run: () => setQuery({ status: 'failed', reason: '' }) },
  ])
  const groups = groupFailures(scan, read.data ?? [])
  return (
    <section class="card" aria-labelledby="failures">
      <div class="card-head">
        <h2 id="failures">Failures</h2>
        <span class="muted">{pluralize(progress.failed, 'type')}</span>
      </div>
      {read.error !== undefined && <FaultNotice error={read.error} onRetry={read.reload} />}
      <div class="failures">
        {groups.map((group) => (
          <FailureCard key={group.reason} scan={scan} group={group} />
        ))}
      </div>
    </section>
  )
}

function FailureCard({ scan, group }: { scan: Scan; group: FailureGroup }) {
  const { reason, count, problems } = group
  const { meaning, fix } = REASON_CATALOGUE[reason]
  const [first, ...others] = problems
  return (
    <article class="failure">
      <div class="row">
        <strong class="bad-text">
          {count} × {reason}
        </strong>
        <span class="muted">{meaning}</span>
      </div>
      {first && (
        <p>
          {first.title}
          {others.length > 0 && (
            <span class="muted"> and {pluralize(others.length, 'other problem')}</span>
          )}
        </p>
      )}
      <p class="muted">{first?.hint ?? fix}</p>
      <FailureActions scan={scan} group={group} />
    </article>
  )
}
