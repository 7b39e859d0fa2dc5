import type { OpenBatch, WaitingQuestion } from '@capstan/scan-store/batches/batch-store'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { findBatchPrice } from './batch-daily-budget.ts'
import type { PollerDeps } from './poller-deps.ts'

/**
 * Selects the questions that fit into the budget of the scan. Open batches count by estimate and unrecorded answers by usage:
 * neither is in the sums of the scan. Failures count here as well, because a question is submitted without a claim.
 */
export async function selectWithinBudget(
  deps: PollerDeps,
  scan: Scan,
  waiting: WaitingQuestion[],
  { open, answered }: { open: OpenBatch[]; answered: string[] },
): Promise<WaitingQuestion[]> {
  const { usage, budget, progress } = scan
  if (!hasBudget(scan)) return waiting
  const unrecorded = await sumAnswerUsage(deps, scan, answered)
  let tokens = totalTokens(usage) + totalTokens(unrecorded)
  let costUsd = (usage.costUsd ?? 0) + (computeCostUsd(unrecorded, findBatchPrice(deps, scan)) ?? 0)
  for (const batch of open) {
    tokens += batch.estimatedTokens
    costUsd += batch.estimatedCostUsd
  }
  const hasFailed = progress.failed >= (budget.maxFailures ?? Number.POSITIVE_INFINITY)
  const end = waiting.findIndex((one) => {
    tokens += one.estimatedTokens
    costUsd += one.estimatedCostUsd
    return (
      hasFailed ||
      tokens > (budget.maxTokens ?? Number.POSITIVE_INFINITY) ||
      costUsd > (budget.maxCostUsd ?? Number.POSITIVE_INFINITY)
    )
  })
  const fitting = end === -1 ? waiting : waiting.slice(0, end)
  // Open batches are estimates, so room may appear when they end. Failures never decrease.
  if (fitting.length === 0 && (open.length === 0 || hasFailed)) {
    await deps.journal.pause(scan.id, 'budget', OVER_BUDGET.reason, { problem: OVER_BUDGET })
  }
  return fitting
}

async function sumAnswerUsage(
  { batchStore }: PollerDeps,
  { id }: Scan,
  answered: string[],
): Promise<Usage> {
  const kept = await Promise.all(answered.map((resource) => batchStore.readAnswer(id, resource)))
  return kept.reduce<Usage>(
    (sum, answer) => (answer?.outcome === 'answered' ? addUsage(sum, answer.usage) : sum),
    NO_USAGE,
  )
}

const OVER_BUDGET = {
  reason: 'budget_exceeded',
  title: "The next batch would pass a limit of the scan's budget",
  hint:
    'Resume the scan with a larger budget (`capstan resume ID --max-cost 5`, or POST /scans/{id}/resume with `budget`), or cancel it. ' +
    'What it found so far is kept.',
  retryable: false,
} as const

function hasBudget({ budget: { maxCostUsd, maxTokens, maxFailures } }: Scan): boolean {
  return maxCostUsd !== undefined || maxTokens !== undefined || maxFailures !== undefined
}
