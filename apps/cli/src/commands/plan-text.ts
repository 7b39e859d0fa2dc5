import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { terminalColumns } from '../output/people-text.ts'
import { tableLines, type Column } from '../output/table.ts'
import { counted, shortCount, spokenTime } from '../output/units.ts'
import type { Session } from '../session.ts'

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

/** A dry run for people: what each type would get, unchanged ones in one line, then what it all costs. */
export function planText(
  { out, io, program, format }: Pick<Session, 'out' | 'io' | 'program' | 'format'>,
  plan: ScanPlan,
): string {
  const listed =
    format === 'wide'
      ? plan.resources
      : plan.resources.filter(({ action }) => action !== 'unchanged')
  const width = format === 'wide' ? undefined : terminalColumns(io, 'out')
  const [header = '', ...rows] = tableLines(listed, PLAN_COLUMNS, width)
  const table = listed.length > 0 ? [out.bold(header), ...rows] : []
  const hidden = plan.resources.length - listed.length
  const { inputTokens, outputTokens, durationSeconds } = plan.estimate
  const summary = [
    ...(hidden > 0 ? [`${counted(hidden, 'unchanged type')}: not listed (-o wide lists all)`] : []),
    '',
    `Cluster ${plan.cluster}: ${counted(plan.total, 'type')}, ${plan.toAnalyze} to analyse, ${plan.stored} stored, ${plan.skippedUnchanged} unchanged, ${plan.excluded} left out.`,
    `Would ask ${plan.provider}/${plan.model}: about ${shortCount(inputTokens)} tokens in, ${shortCount(outputTokens)} out, ${costText(plan)}, about ${spokenTime(durationSeconds * 1000)}.`,
    ...plan.warnings.map((warning) => `! ${warning}`),
    ...plan.unavailable.map(({ group, reason }) => `! group ${group} did not answer: ${reason}`),
    ...removalLines(plan, program),
    'Nothing was asked and nothing was stored.',
  ].map((line) => toPlainText(line))
  return `${[...table, ...summary].join('\n')}\n`
}

const SHOWN = 10

/** Nothing when nothing has gone: that is how it should be. */
function removalLines({ removals }: ScanPlan, program: string): string[] {
  const { resources, summary, needsForce } = removals
  if (resources.length === 0) return []
  const more = resources.length > SHOWN ? `, and ${resources.length - SHOWN} more` : ''
  return [
    `${needsForce ? '!' : '-'} ${summary}`,
    `  ${resources.slice(0, SHOWN).join(', ')}${more}`,
    `  Look at all of them: ${program} prune`,
  ]
}

function costText({ estimate: { costUsd, pricing } }: ScanPlan): string {
  if (pricing === 'unknown' || costUsd === null) return 'price unknown'
  const money = (dollars: number): string => `$${dollars.toFixed(2)}`
  return costUsd.high === 0 ? 'no cost' : `${money(costUsd.low)} to ${money(costUsd.high)}`
}
