import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import { peopleText } from '../output/people-text.ts'
import { counted } from '../output/units.ts'
import type { Session } from '../session.ts'
import { PLAN_FIXES, type Body } from './scan-body.ts'

export interface CostOptions {
  /** US dollars; scans that are estimated above them are asked about. */
  confirmAbove?: number
  maxCost?: number
}

const CONFIRM_ABOVE_USD = 1

/**
 * Whether the scan may start, by its estimate. One that is estimated above `confirmAbove` needs --yes or, on a terminal, a
 * yes of the user. A scan whose budget is no larger needs neither. CliError (usage) where there is no terminal to ask on.
 */
export async function confirmCost(
  session: Session,
  body: Body,
  { confirmAbove = CONFIRM_ABOVE_USD, maxCost }: CostOptions,
): Promise<boolean> {
  if (session.yes || (maxCost !== undefined && maxCost <= confirmAbove)) return true
  const { value: plan } = await session.api.post('/scans', ScanPlan, {
    body: { ...body, dryRun: true },
    signal: session.io.interrupted,
    fixes: PLAN_FIXES,
  })
  const cost = costText(plan, confirmAbove)
  if (cost === undefined) return true
  if (!session.io.canAsk) throw notConfirmed(cost, confirmAbove)
  return askForYes(session, `This scan costs ${cost}. Start it? [y/N] `)
}

/** The estimate in words; undefined where the cost is unknown or not above `confirmAbove`. */
function costText(
  { estimate: { costUsd }, toAnalyze, provider, model }: ScanPlan,
  confirmAbove: number,
): string | undefined {
  if (costUsd === null || costUsd.expected <= confirmAbove) return undefined
  const range = `${money(costUsd.low)} to ${money(costUsd.high)}`
  return `about ${money(costUsd.expected)} (${range}) for ${counted(toAnalyze, 'type')} with ${provider}/${model}`
}

async function askForYes({ io }: Pick<Session, 'io'>, question: string): Promise<boolean> {
  const answer = (await io.ask(peopleText(io, 'err', question))) ?? ''
  return /^y(es)?$/i.test(answer.trim())
}

function notConfirmed(cost: string, confirmAbove: number): CliError {
  return new CliError('The scan was not started: its cost has to be confirmed', {
    exitCode: EXIT.usage,
    why: `It is estimated at ${cost}, which is more than ${money(confirmAbove)}, and there is no terminal to ask on.`,
    fix: 'Add --yes, bound it with --max-cost, or look at `capstan scan --dry-run` first.',
  })
}

function money(dollars: number): string {
  return `$${dollars.toFixed(dollars < 0.01 ? 4 : 2)}`
}
