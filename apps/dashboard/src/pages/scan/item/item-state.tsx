import { formatCount } from '@capstan/shared/text/units'
import { REASON_CATALOGUE } from '@capstan/shared/contract/server/reason-catalogue'
import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { keepRetry } from '../../../data/retries.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatEstimate } from '../../../format/money.ts'
import { Countdown } from '../../../parts/countdown.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { SourceBadge } from '../../../parts/source-badge.tsx'
import { Status } from '../../../parts/status.tsx'
import { Link } from '../../../router/link.tsx'
import { toChangedPage } from '../../../router/location.ts'
import { estimateTokenCost } from '../estimate-token-cost.ts'

interface ItemStateProps {
  scan: Scan
  item: ScanItem
  onChange: () => void
}

/** Status of a type, why it has it, and what can be done. */
export function ItemState({ scan, item, onChange }: ItemStateProps) {
  const { status, kind, group, version, scope, source, cached } = item
  return (
    <>
      <div class="row">
        <Status status={status} />
        {source !== null && <SourceBadge source={source} cached={cached} />}
        {item.truncated && (
          <span class="badge" title="The outline was cut to the token budget">
            cut
          </span>
        )}
        <span class="muted">
          {kind}, <GroupLink group={group} />/{version}, {scope}
        </span>
      </div>
      <Cause item={item} />
      <UsageLine scan={scan} item={item} />
      <ItemActions scan={scan} item={item} onChange={onChange} />
    </>
  )
}

/** Closes the drawer and lists the types of the group. */
function GroupLink({ group }: { group: string }) {
  const name = group === '' ? 'core' : group
  return <Link to={toChangedPage({ item: '', status: '', group: name })}>{name}</Link>
}

function Cause({ item: { status, nextAttemptAt, problem, reason } }: { item: ScanItem }) {
  if (status === 'retrying' && nextAttemptAt !== null)
    return (
      <div class="notice warn">
        <strong>
          Next attempt in <Countdown until={nextAttemptAt} />
        </strong>
        {problem && <span>{problem.title}</span>}
      </div>
    )
  if (problem !== null) return <ProblemNotice problem={problem} />
  return reason === null ? null : <p class="muted">{reason}</p>
}

function ProblemNotice({ problem }: { problem: ItemProblem }) {
  const { reason, kind, title, detail, hint } = problem
  return (
    <div class="notice bad">
      <strong>{title}</strong>
      {detail !== undefined && <span>{detail}</span>}
      <span class="muted">
        {REASON_CATALOGUE[reason].meaning}{' '}
        <code>{kind === undefined ? reason : `${reason}, ${kind}`}</code>
      </span>
      <span>{hint ?? REASON_CATALOGUE[reason].fix}</span>
    </div>
  )
}

function UsageLine({ scan, item }: { scan: Scan; item: ScanItem }) {
  const { usage, estimatedTokens } = item
  if (usage === null)
    return estimatedTokens > 0 ? (
      <p class="muted">planned: about {formatCount(estimatedTokens)} tokens</p>
    ) : null
  const { inputTokens, cachedTokens, outputTokens } = usage
  const total = inputTokens + cachedTokens + outputTokens
  const cost = estimateTokenCost(scan, total)
  if (total === 0) return null
  return (
    <p class="muted">
      {formatCount(inputTokens)} tokens in, {formatCount(cachedTokens)} from the prompt cache,{' '}
      {formatCount(outputTokens)} out
      {cost !== null && `, ${formatEstimate(cost)}`}
    </p>
  )
}

function ItemActions({ scan, item, onChange }: ItemStateProps) {
  const action = useAction()
  const { resource, status, links } = item
  const canRetry = scan.done && (status === 'failed' || status === 'canceled')
  const retry = async (): Promise<void> => {
    const done = await action.run(async () =>
      keepRetry(await api.retryScan(scan.id, [resource]), scan.progress.failed),
    )
    if (done) onChange()
  }
  return (
    <>
      <div class="row">
        {isAllowed('operator') && canRetry && (
          <button
            type="button"
            class="button primary"
            disabled={action.isRunning}
            onClick={() => void retry()}
          >
            Retry this type
          </button>
        )}
        {status === 'failed' && !scan.done && (
          <span class="muted">It can be retried once the scan has ended.</span>
        )}
        {isAllowed('operator') && links.board !== null && (
          <a class="button plain" href={links.board} target="_blank" rel="noopener">
            <Icon name="external" /> Job in Bull Board
          </a>
        )}
      </div>
      {action.error !== undefined && <FaultNotice error={action.error} />}
    </>
  )
}
