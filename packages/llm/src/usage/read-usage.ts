import { isRecord } from '@capstan/shared/json/is-record'
import type { ReportedUsage } from '@capstan/shared/inference/reported-usage'
import { readUsageCounts, type UsageCounts } from './read-usage-counts.ts'

/**
 * Paths of the usage in a body, most common first: OpenAI and Anthropic, Gemini, Groq, Moonshot, Cohere, wrapped answers,
 * Ollama (counts in the body itself), llama.cpp and TGI.
 */
const PLACES: readonly (readonly string[])[] = [
  ['usage'],
  ['usageMetadata'],
  ['usage_metadata'],
  ['x_groq', 'usage'],
  ['choices', '0', 'usage'],
  ['message', 'usage'],
  ['response', 'usage'],
  ['meta', 'tokens'],
  ['meta', 'billed_units'],
  [],
  ['timings'],
  ['details'],
]

/**
 * Reads the usage in the body of an answer of any server. Never throws. Names of counts, the total, and a cached count above
 * the prompt count show whether the prompt count includes cached tokens.
 */
export function readUsage(body: unknown): ReportedUsage {
  const found = PLACES.map((path) => findRecord(body, path))
    .filter((usage) => usage !== undefined)
    .map(toReportedUsage)
  const inputSource = found.find(({ inputTokens }) => inputTokens !== null) ?? NOTHING
  const outputSource = found.find(({ outputTokens }) => outputTokens) ?? NOTHING
  if (inputSource === NOTHING && outputSource === NOTHING) {
    return found.find(({ totalTokens }) => totalTokens !== null) ?? NOTHING
  }
  return {
    inputTokens: inputSource.inputTokens,
    cachedTokens: inputSource.cachedTokens,
    outputTokens: outputSource.outputTokens ?? inputSource.outputTokens,
    totalTokens: null,
    unexplainedTokens: inputSource === outputSource ? inputSource.unexplainedTokens : 0,
  }
}

const NOTHING: ReportedUsage = {
  inputTokens: null,
  cachedTokens: 0,
  outputTokens: null,
  totalTokens: null,
  unexplainedTokens: 0,
}

function findRecord(body: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  let found = body
  for (const name of path) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined
    found = found[name]
  }
  return isRecord(found) ? found : undefined
}

function toReportedUsage(usage: Record<string, unknown>): ReportedUsage {
  const counts = fillGaps(readUsageCounts(usage))
  const { output, total, cached } = counts
  const input = computeInput(counts)
  // A prompt is never empty, so a count of 0 means that the server does not count.
  const inputTokens = input === 0 && cached === 0 ? null : input
  return {
    inputTokens,
    cachedTokens: cached,
    outputTokens: output,
    totalTokens: inputTokens === null && !output && total ? total : null,
    unexplainedTokens: Math.max(0, computeGap(counts)),
  }
}

/** Computes a missing part from the total and the other part, and adds reasoning to the output. */
function fillGaps(counts: UsageCounts): UsageCounts {
  const { prompt, output, total } = counts
  if (total === null) return addReasoning(counts)
  if (!prompt && output && total > output) return { ...counts, prompt: total - output }
  const whole = countPromptInTotal(counts)
  if (prompt && !output && total > whole) return { ...counts, output: total - whole }
  return addReasoning(counts)
}

/** OpenAI includes reasoning in the output. xAI and Gemini count it separately, which the total shows. */
function addReasoning(counts: UsageCounts): UsageCounts {
  const { output, reasoning, isReasoningBeside } = counts
  const isBeside =
    isReasoningBeside || reasoning > (output ?? 0) || computeGap(counts) === reasoning
  return isBeside && reasoning > 0 ? { ...counts, output: (output ?? 0) + reasoning } : counts
}

/** Tokens in the total that are neither prompt nor output. */
function computeGap(counts: UsageCounts): number {
  const { prompt, total, output } = counts
  return total === null || !prompt || output === null
    ? 0
    : total - countPromptInTotal(counts) - output
}

/** Prompt tokens in the total, with or without cached and cache-written tokens. */
function countPromptInTotal(counts: UsageCounts): number {
  const { cached, written, output, total } = counts
  const alone = counts.prompt ?? 0
  const all = alone + cached + written
  if (total === null) return alone
  const withCached = all + (output ?? 0)
  return (isCachedApart(counts) ? total >= withCached : total === withCached) ? all : alone
}

/** True when names or numbers show that the prompt count excludes cached tokens. */
function isCachedApart({ isBeside, cached, prompt }: UsageCounts): boolean {
  return isBeside || cached > (prompt ?? 0)
}

/** Prompt tokens at the full price. */
function computeInput(counts: UsageCounts): number | null {
  const { prompt, cached, written } = counts
  if (prompt === null) return null
  const isApart = isCachedApart(counts) || countPromptInTotal(counts) > prompt
  return isApart ? prompt + written : prompt - cached
}
