import type { ReportedUsage } from '@capstan/shared/inference/reported-usage'
import { readUsageCounts, type UsageCounts } from './read-usage-counts.ts'

/**
 * Where servers put usage, the usual place first: OpenAI and Anthropic, Gemini, Groq, Moonshot, Cohere, llama.cpp, TGI,
 * envelopes around an answer, and Ollama, which has the counts in the body itself.
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
 * The usage in the body of an answer, whichever dialect its server speaks and whatever is in there. Never throws.
 * Cached tokens are told apart from the prompt by the names of the counts, by the total, and by being more than it.
 */
export function readUsage(body: unknown): ReportedUsage {
  const found = PLACES.map((path) => recordAt(body, path))
    .filter((usage) => usage !== undefined)
    .map(reportedBy)
  const ofInput = found.find(({ inputTokens }) => inputTokens !== null) ?? NOTHING
  const ofOutput = found.find(({ outputTokens }) => outputTokens) ?? NOTHING
  if (ofInput === NOTHING && ofOutput === NOTHING) {
    return found.find(({ totalTokens }) => totalTokens !== null) ?? NOTHING
  }
  return {
    inputTokens: ofInput.inputTokens,
    cachedTokens: ofInput.cachedTokens,
    outputTokens: ofOutput.outputTokens ?? ofInput.outputTokens,
    totalTokens: null,
    unexplainedTokens: ofInput === ofOutput ? ofInput.unexplainedTokens : 0,
  }
}

const NOTHING: ReportedUsage = {
  inputTokens: null,
  cachedTokens: 0,
  outputTokens: null,
  totalTokens: null,
  unexplainedTokens: 0,
}

function recordAt(body: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  let found = body
  for (const name of path) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined
    found = found[name]
  }
  return isRecord(found) ? found : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function reportedBy(usage: Record<string, unknown>): ReportedUsage {
  const counts = withoutGaps(readUsageCounts(usage))
  const { output, total, cached } = counts
  const input = inputOf(counts)
  // A prompt is never empty: a server that counts no tokens for it does not count.
  const inputTokens = input === 0 && cached === 0 ? null : input
  return {
    inputTokens,
    cachedTokens: cached,
    outputTokens: output,
    totalTokens: inputTokens === null && !output && total ? total : null,
    unexplainedTokens: Math.max(0, gapIn(counts)),
  }
}

/** With the part that follows from the total and the other part, and with reasoning in the output. */
function withoutGaps(counts: UsageCounts): UsageCounts {
  const { prompt, output, total } = counts
  if (total === null) return withReasoning(counts)
  if (!prompt && output && total > output) return { ...counts, prompt: total - output }
  const whole = wholePrompt(counts)
  if (prompt && !output && total > whole) return { ...counts, output: total - whole }
  return withReasoning(counts)
}

/** OpenAI counts reasoning as output; xAI and Gemini count it beside the output, which shows in the total. */
function withReasoning(counts: UsageCounts): UsageCounts {
  const { output, reasoning, isReasoningBeside } = counts
  const isBeside = isReasoningBeside || reasoning > (output ?? 0) || gapIn(counts) === reasoning
  return isBeside && reasoning > 0 ? { ...counts, output: (output ?? 0) + reasoning } : counts
}

/** Tokens that the total counts beside prompt and output. */
function gapIn(counts: UsageCounts): number {
  const { prompt, total, output } = counts
  return total === null || !prompt || output === null ? 0 : total - wholePrompt(counts) - output
}

/** Tokens of the prompt as the total counts them: with or without those read from a cache or written to it. */
function wholePrompt(counts: UsageCounts): number {
  const { cached, written, output, total } = counts
  const alone = counts.prompt ?? 0
  const all = alone + cached + written
  if (total === null) return alone
  const withCached = all + (output ?? 0)
  return (isCachedApart(counts) ? total >= withCached : total === withCached) ? all : alone
}

/** Whether names or numbers show that the prompt does not count the tokens of the cache. */
function isCachedApart({ isBeside, cached, prompt }: UsageCounts): boolean {
  return isBeside || cached > (prompt ?? 0)
}

/** Tokens at the full rate. */
function inputOf(counts: UsageCounts): number | null {
  const { prompt, cached, written } = counts
  if (prompt === null) return null
  const isApart = isCachedApart(counts) || wholePrompt(counts) > prompt
  return isApart ? prompt + written : prompt - cached
}
