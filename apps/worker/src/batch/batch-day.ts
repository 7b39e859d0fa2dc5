import { addUsage } from '@capstan/shared/inference/add-usage'
import type {
  StoredBatchAnswer,
  OpenBatch,
  WaitingQuestion,
} from '@capstan/scan-store/batches/batch-book'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { UsageEstimate } from '@capstan/shared/inference/complete-usage'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { batchPrice, type Price } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { TendDeps } from './tend-deps.ts'

type DayDeps = Pick<TendDeps, 'day' | 'prices'>

/** A batch ends within a day, answered or not; then it is collected or canceled. */
const LONGEST_MS = 36 * 3_600_000

/**
 * Sets aside what a batch may spend of the budget of the day, and answers the questions that it may have: all, or the first
 * half, quarter and so on that the day has money for. Throws the guard's ItemError when that is none.
 */
export async function fittingToday(
  deps: DayDeps,
  scan: Scan,
  name: string,
  chosen: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  let part = chosen
  for (;;) {
    const tokens = part.reduce((sum, { estimatedTokens }) => sum + estimatedTokens, 0)
    try {
      await deps.day.enter({
        id: name,
        model: scan.model,
        price: priceOfBatch(deps, scan),
        usage: estimateOf(tokens, part.length),
        forMs: LONGEST_MS,
      })
      return part
    } catch (error) {
      if (!(error instanceof ItemError) || part.length === 1) throw error
      part = part.slice(0, Math.floor(part.length / 2))
    }
  }
}

/** A plan estimates question and answer in one sum. */
function estimateOf(tokens: number, questions: number): Usage {
  const outputTokens = Math.min(tokens, questions * ANSWER_TOKENS)
  return { inputTokens: tokens - outputTokens, cachedTokens: 0, outputTokens }
}

/** What one answer of a batch used, where the provider does not report it: a mean question, and the text of the answer. */
export function estimateAnswer(
  { estimatedTokens, resources }: Pick<OpenBatch, 'estimatedTokens' | 'resources'>,
  text: string,
): UsageEstimate {
  const { inputTokens } = estimateOf(estimatedTokens, resources.length)
  return {
    inputTokens: Math.ceil(inputTokens / resources.length),
    outputTokens: estimateTokens(text),
  }
}

/** Counts what a batch has used to the day on which it is collected; types without an answer cost nothing. */
export async function countToday(
  deps: DayDeps,
  scan: Scan,
  { name }: Pick<OpenBatch, 'name'>,
  answers: Map<string, StoredBatchAnswer>,
): Promise<void> {
  const usage = [...answers.values()].reduce<Usage>((sum, answer) => {
    if (answer.outcome !== 'answered') return sum
    return addUsage(sum, answer.usage)
  }, NO_USAGE)
  await deps.day.leave({ id: name, price: priceOfBatch(deps, scan) }, usage)
}

/** What the tokens of a scan cost through the batch API; null when the price is unknown. */
export function priceOfBatch({ prices }: DayDeps, { provider, model }: Scan): Price | null {
  return batchPrice(findPrice(provider, model, prices))
}
