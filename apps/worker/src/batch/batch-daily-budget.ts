import { addUsage } from '@capstan/shared/inference/add-usage'
import type {
  StoredBatchAnswer,
  OpenBatch,
  WaitingQuestion,
} from '@capstan/scan-store/batches/batch-store'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { UsageEstimate } from '@capstan/shared/inference/complete-usage'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { batchPrice, type Price } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { PollerDeps } from './poller-deps.ts'

type DayDeps = Pick<PollerDeps, 'dailyBudget' | 'prices'>

/** A batch ends within a day, answered or not; then it is collected or canceled. */
const LONGEST_MS = 36 * 3_600_000

/**
 * Reserves a batch in the daily budget and returns the questions that fit: all, or the first half, quarter and so on. Throws the
 * ItemError of the guard when not even one question fits.
 */
export async function reserveBatch(
  deps: DayDeps,
  scan: Scan,
  name: string,
  chosen: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  let part = chosen
  for (;;) {
    const tokens = part.reduce((sum, { estimatedTokens }) => sum + estimatedTokens, 0)
    try {
      await deps.dailyBudget.reserve({
        id: name,
        model: scan.model,
        price: findBatchPrice(deps, scan),
        usage: estimateUsage(tokens, part.length),
        ttlMs: LONGEST_MS,
      })
      return part
    } catch (error) {
      if (!(error instanceof ItemError) || part.length === 1) throw error
      part = part.slice(0, Math.floor(part.length / 2))
    }
  }
}

/** Splits the estimate of a plan, which is one number, into input and output tokens. */
function estimateUsage(tokens: number, questions: number): Usage {
  const outputTokens = Math.min(tokens, questions * ANSWER_TOKENS)
  return { inputTokens: tokens - outputTokens, cachedTokens: 0, outputTokens }
}

/** Estimates the usage of one answer without reported usage: a mean question, and the text of the answer. */
export function estimateBatchUsage(
  { estimatedTokens, resources }: Pick<OpenBatch, 'estimatedTokens' | 'resources'>,
  text: string,
): UsageEstimate {
  const { inputTokens } = estimateUsage(estimatedTokens, resources.length)
  return {
    inputTokens: Math.ceil(inputTokens / resources.length),
    outputTokens: estimateTokens(text),
  }
}

/** Settles the usage of a batch in the daily budget of the day on which it is collected. Types without an answer cost nothing. */
export async function settleBatch(
  deps: DayDeps,
  scan: Scan,
  { name }: Pick<OpenBatch, 'name'>,
  answers: Map<string, StoredBatchAnswer>,
): Promise<void> {
  const usage = [...answers.values()].reduce<Usage>((sum, answer) => {
    if (answer.outcome !== 'answered') return sum
    return addUsage(sum, answer.usage)
  }, NO_USAGE)
  await deps.dailyBudget.settle({ id: name, price: findBatchPrice(deps, scan) }, usage)
}

/** Returns the price of a scan's model through the batch API; null when it is unknown. */
export function findBatchPrice({ prices }: DayDeps, { provider, model }: Scan): Price | null {
  return batchPrice(findPrice(provider, model, prices))
}
