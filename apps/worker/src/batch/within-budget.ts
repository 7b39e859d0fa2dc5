import type { OpenBatch, WaitingQuestion } from '@capstan/scan-store/batches/batch-book'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { priceOfBatch } from './batch-day.ts'
import type { TendDeps } from './tend-deps.ts'

/**
 * As many as the scan's budget still takes by estimate. What runs in other batches counts as spent by estimate, and answers
 * that no type has taken over yet count with what they have used: neither is in the scan's sums. A question is submitted
 * without a claim while the queue is paused, so the failures that a claim looks at count here as well.
 */
export async function withinBudget(
  deps: TendDeps,
  scan: Scan,
  waiting: WaitingQuestion[],
  { open, answered }: { open: OpenBatch[]; answered: string[] },
): Promise<WaitingQuestion[]> {
  const { usage, budget, progress } = scan
  if (!hasBudget(scan)) return waiting
  const unrecorded = await usageOfAnswers(deps, scan, answered)
  let tokens = totalTokens(usage) + totalTokens(unrecorded)
  let costUsd = (usage.costUsd ?? 0) + (computeCostUsd(unrecorded, priceOfBatch(deps, scan)) ?? 0)
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
  // Batches that run were estimated; when they have ended there may be room. Failures only grow.
  if (fitting.length === 0 && (open.length === 0 || hasFailed)) {
    await deps.journal.pause(scan.id, 'budget', OVER_BUDGET.reason, { problem: OVER_BUDGET })
  }
  return fitting
}

async function usageOfAnswers(
  { book }: TendDeps,
  { id }: Scan,
  answered: string[],
): Promise<Usage> {
  const kept = await Promise.all(answered.map((resource) => book.readAnswer(id, resource)))
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
