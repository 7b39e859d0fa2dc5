import { formatCount, formatDuration, pluralize } from '@capstan/shared/text/units'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { formatMoney } from '../../format/money.ts'
import { formatNumber } from '../../format/number.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Loading } from '../../parts/loading.tsx'
import type { PlanState } from './use-plan.ts'

/** What the scan would do and cost, before it starts. */
export function Estimate({ state: { plan, error, isLoading } }: { state: PlanState }) {
  if (error !== undefined) return <FaultNotice error={error} />
  if (plan === undefined) return <Loading />
  return (
    <div class={isLoading ? 'estimate stale' : 'estimate'} aria-busy={isLoading}>
      <p class="estimate-head" role="status">
        <strong>{pluralize(plan.total, 'type')}</strong> {plan.total === 1 ? 'matches' : 'match'} in{' '}
        {plan.cluster}
      </p>
      <PlanFigures plan={plan} />
      <PlanWarnings plan={plan} />
      <PlannedTypes plan={plan} />
    </div>
  )
}

function PlanFigures({ plan }: { plan: ScanPlan }) {
  const { toAnalyze, stored, curated, skippedUnchanged, excluded, estimate } = plan
  const { inputTokens, outputTokens, durationSeconds } = estimate
  const saved: [number, string][] = [
    [stored, 'stored'],
    [curated, 'curated'],
    [skippedUnchanged, 'unchanged'],
  ]
  const some = saved.filter(([count]) => count > 0)
  return (
    <dl class="pairs">
      <dt>Calls</dt>
      <dd>
        {formatNumber(toAnalyze)} to {plan.provider}/{plan.model}
      </dd>
      {some.length > 0 && (
        <>
          <dt>Saved</dt>
          <dd>
            {formatNumber(some.reduce((sum, [count]) => sum + count, 0))} calls:{' '}
            {some.map(([count, what]) => `${formatNumber(count)} ${what}`).join(', ')}
          </dd>
        </>
      )}
      <dt>Tokens</dt>
      <dd>
        {toAnalyze === 0
          ? 'none'
          : `about ${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`}
      </dd>
      <dt>Cost</dt>
      <dd>{describeCost(plan)}</dd>
      <dt>Time</dt>
      <dd>{toAnalyze === 0 ? 'at once' : `about ${formatDuration(durationSeconds * 1000)}`}</dd>
      {excluded > 0 && (
        <>
          <dt>Left out</dt>
          <dd>{formatNumber(excluded)} types, by a pattern or by default</dd>
        </>
      )}
    </dl>
  )
}

function describeCost({ estimate: { costUsd }, toAnalyze }: ScanPlan): string {
  if (toAnalyze === 0) return 'none'
  if (costUsd === null) return 'price unknown'
  if (costUsd.high === 0) return 'none: no model is called'
  return `about ${formatMoney(costUsd.expected)} (${formatMoney(costUsd.low)} to ${formatMoney(costUsd.high)})`
}

function PlanWarnings({ plan }: { plan: ScanPlan }) {
  const { warnings, unavailable, removals } = plan
  const all = [
    ...warnings,
    ...unavailable.map(({ group, reason }) => `API group ${group} did not answer: ${reason}`),
    ...(removals.resources.length > 0 ? [removals.summary] : []),
  ]
  if (all.length === 0) return null
  return (
    <div class="notice warn">
      {all.slice(0, 5).map((text) => (
        <span key={text}>{text}</span>
      ))}
      {all.length > 5 && <span class="muted">and {all.length - 5} more</span>}
    </div>
  )
}

/** More would slow the dialog down; the scan itself lists all of them. */
const LISTED = 300

function PlannedTypes({ plan: { resources } }: { plan: ScanPlan }) {
  const matched = resources.filter(({ action }) => action !== 'exclude')
  return (
    <details>
      <summary>Matching types</summary>
      <ul class="planned">
        {matched.slice(0, LISTED).map(({ resource, action, reason }) => (
          <li key={resource}>
            <span>{resource}</span>
            <span class="muted" title={reason}>
              {action === 'analyze' ? 'call' : action}
            </span>
          </li>
        ))}
        {matched.length > LISTED && <li class="muted">and {matched.length - LISTED} more</li>}
      </ul>
    </details>
  )
}
