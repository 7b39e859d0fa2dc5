import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { CliError } from '../../cli-error.ts'
import { EXIT } from '../../exit-code.ts'
import { formatForTerminal } from '../../output/format-for-terminal.ts'
import { pluralize } from '@capstan/shared/text/units'
import type { CliSession } from '../../cli-session.ts'
import { PLAN_FIXES, type ScanRequestBody } from './build-scan-body.ts'

export interface CostOptions {
  /** US dollars. A scan with a higher estimate needs confirmation. */
  confirmAbove?: number
  maxCost?: number
}

const CONFIRM_ABOVE_USD = 1

/**
 * Returns whether the scan may start. An estimate above `confirmAbove` needs `--yes` or, in a terminal, a
 * confirmation. A scan whose budget does not exceed `confirmAbove` needs neither. Throws CliError (usage)
 * without a terminal.
 */
export async function confirmCost(
  session: CliSession,
  body: ScanRequestBody,
  { confirmAbove = CONFIRM_ABOVE_USD, maxCost }: CostOptions,
): Promise<boolean> {
  if (session.yes || (maxCost !== undefined && maxCost <= confirmAbove)) return true
  const { value: plan } = await session.api.post('/scans', ScanPlan, {
    body: { ...body, dryRun: true },
    signal: session.io.interrupted,
    fixes: PLAN_FIXES,
  })
  const cost = describeCost(plan, confirmAbove)
  if (cost === undefined) return true
  if (!session.io.canAsk) throw createNotConfirmedError(cost, confirmAbove)
  return askForYes(session, `This scan costs ${cost}. Start it? [y/N] `)
}

/** Describes the estimate; undefined when the cost is unknown or not above `confirmAbove`. */
function describeCost(
  { estimate: { costUsd }, toAnalyze, provider, model }: ScanPlan,
  confirmAbove: number,
): string | undefined {
  if (costUsd === null || costUsd.expected <= confirmAbove) return undefined
  const range = `${formatUsd(costUsd.low)} to ${formatUsd(costUsd.high)}`
  return `about ${formatUsd(costUsd.expected)} (${range}) for ${pluralize(toAnalyze, 'type')} with ${provider}/${model}`
}

async function askForYes({ io }: Pick<CliSession, 'io'>, question: string): Promise<boolean> {
  const answer = (await io.ask(formatForTerminal(io, 'err', question))) ?? ''
  return /^y(es)?$/i.test(answer.trim())
}

function createNotConfirmedError(cost: string, confirmAbove: number): CliError {
  return new CliError('The scan was not started: its cost has to be confirmed', {
    exitCode: EXIT.usage,
    why: `It is estimated at ${cost}, which is more than ${formatUsd(confirmAbove)}, and there is no terminal to ask on.`,
    fix: 'Add --yes, bound it with --max-cost, or look at `capstan scan --dry-run` first.',
  })
}

function formatUsd(dollars: number): string {
  return `$${dollars.toFixed(dollars < 0.01 ? 4 : 2)}`
}
