import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { readTerminalColumns } from '../../output/format-for-terminal.ts'
import { formatTable, type Column } from '../../output/format-table.ts'
import { pluralize, formatCount, formatDuration } from '@capstan/shared/text/units'
import type { CliSession } from '../../cli-session.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

const PLAN_COLUMNS: Column<ScanPlan['resources'][number]>[] = [
  { title: 'RESOURCE', value: ({ resource }) => resource },
  { title: 'ACTION', value: ({ action }) => action },
  {
    title: 'TOKENS',
    value: ({ estTokens }) => (estTokens > 0 ? String(estTokens) : ''),
    align: 'right',
  },
  { title: 'REASON', value: ({ reason }) => reason },
]

/** Formats a dry run: the action for each type, unchanged types in one line, then the total cost. */
export function formatPlan(
  { out, io, program, format }: Pick<CliSession, 'out' | 'io' | 'program' | 'format'>,
  plan: ScanPlan,
): string {
  const listed =
    format === 'wide'
      ? plan.resources
      : plan.resources.filter(({ action }) => action !== 'unchanged')
  const width = format === 'wide' ? undefined : readTerminalColumns(io, 'out')
  const [header = '', ...rows] = formatTable(listed, PLAN_COLUMNS, width)
  const table = listed.length > 0 ? [out.bold(header), ...rows] : []
  const hidden = plan.resources.length - listed.length
  const summary = [
    ...(hidden > 0
      ? [`${pluralize(hidden, 'unchanged type')}: not listed (-o wide lists all)`]
      : []),
    '',
    `Cluster ${plan.cluster}: ${pluralize(plan.total, 'type')}, ${plan.toAnalyze} to analyze, ${plan.curated} curated, ${plan.stored} stored, ${plan.skippedUnchanged} unchanged, ${plan.excluded} left out.`,
    ...(plan.curated > 0
      ? [`${pluralize(plan.curated, 'curated answer')}: no call, no cost.`]
      : []),
    `${describeCalls(plan)}, ${formatCost(plan)}, about ${formatDuration(plan.estimate.durationSeconds * 1000)}.`,
    ...plan.warnings.map((warning) => `! ${warning}`),
    ...plan.unavailable.map(({ group, reason }) => `! group ${group} did not respond: ${reason}`),
    ...formatRemovals(plan, program),
    'No model was called and nothing was stored.',
  ].map((line) => toPlainText(line))
  return `${[...table, ...summary].join('\n')}\n`
}

function describeCalls({ provider, model, estimate }: ScanPlan): string {
  if (provider === 'demo') return 'Would use rule-based answers: no model call'
  const { inputTokens, outputTokens } = estimate
  return `Would call ${provider}/${model}: about ${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out`
}

const SHOWN = 10

/** Empty when no type was removed from the cluster. */
function formatRemovals({ removals }: ScanPlan, program: string): string[] {
  const { resources, summary, needsForce } = removals
  if (resources.length === 0) return []
  const more = resources.length > SHOWN ? `, and ${resources.length - SHOWN} more` : ''
  return [
    `${needsForce ? '!' : '-'} ${summary}`,
    `  ${resources.slice(0, SHOWN).join(', ')}${more}`,
    `  Look at all of them: ${program} prune`,
  ]
}

function formatCost({ estimate: { costUsd, pricing } }: ScanPlan): string {
  if (pricing === 'unknown' || costUsd === null) return 'price unknown'
  const formatUsd = (dollars: number): string => `$${dollars.toFixed(2)}`
  return costUsd.high === 0 ? 'no cost' : `${formatUsd(costUsd.low)} to ${formatUsd(costUsd.high)}`
}
