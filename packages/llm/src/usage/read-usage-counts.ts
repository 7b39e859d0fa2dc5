import { readCount } from './read-count.ts'

/** Counts of a usage object. Null: no usable count. */
export interface UsageCounts {
  /** Prompt tokens. */
  prompt: number | null
  /** Tokens read from a cache: part of `prompt` or not, see `isBeside`. */
  cached: number
  /** Prompt tokens written to a cache. */
  written: number
  /** True for names of vendors whose prompt count excludes cached tokens. */
  isBeside: boolean
  output: number | null
  reasoning: number
  /** True for names of vendors whose output count excludes reasoning. */
  isReasoningBeside: boolean
  total: number | null
}

/**
 * Names of counts in lower case, only letters and digits, so that `prompt_tokens`, `promptTokens` and `PromptTokens` are equal.
 * Names of OpenAI (chat and responses), Anthropic, Bedrock, Gemini, Ollama, llama.cpp, TGI, DeepSeek and gateways.
 */
const NAMES = {
  prompt: [
    'prompttokens',
    'prompttokencount',
    'promptevalcount',
    'tokensevaluated',
    'prompttokenscount',
    'inputtokencount',
  ],
  /** Prompt counts with or without cached tokens, depending on the name of the cached count. */
  input: ['inputtokens', 'promptn', 'promptcachemisstokens'],
  cachedInside: [
    'prompttokensdetailscachedtokens',
    'inputtokensdetailscachedtokens',
    'inputtokendetailscachereadtokens',
    'cachedtokens',
    'cachedinputtokens',
    'cachedcontenttokencount',
  ],
  cachedBeside: ['cachereadinputtokens', 'cachereadtokens', 'cachen', 'promptcachehittokens'],
  written: ['cachecreationinputtokens', 'cachewriteinputtokens'],
  output: [
    'completiontokens',
    'outputtokens',
    'candidatestokencount',
    'evalcount',
    'tokenspredicted',
    'predictedn',
    'generatedtokens',
    'completiontokencount',
    'outputtokencount',
  ],
  reasoning: [
    'completiontokensdetailsreasoningtokens',
    'outputtokensdetailsreasoningtokens',
    'reasoningtokens',
  ],
  reasoningBeside: ['thoughtstokencount'],
  total: ['totaltokens', 'totaltokencount'],
} as const

/** Reads the counts of a usage object of any vendor. */
export function readUsageCounts(usage: Record<string, unknown>): UsageCounts {
  const counts = collectCounts(usage)
  const first = (names: readonly string[]): number | null => findCount(counts, names)
  const whole = first(NAMES.prompt)
  const isWhole = whole !== null && whole > 0
  const inside = first(NAMES.cachedInside)
  const beside = first(NAMES.cachedBeside)
  const thoughts = first(NAMES.reasoningBeside)
  return {
    prompt: isWhole ? whole : (first(NAMES.input) ?? whole),
    cached: inside || (beside ?? 0),
    written: first(NAMES.written) ?? 0,
    isBeside: !isWhole && !inside,
    output: first(NAMES.output),
    reasoning: thoughts ?? first(NAMES.reasoning) ?? 0,
    isReasoningBeside: thoughts !== null,
    total: first(NAMES.total),
  }
}

/** The first count above 0. Translating gateways send the names of both vendors, one with 0. */
function findCount(counts: Map<string, number>, names: readonly string[]): number | null {
  const found = names.flatMap((name) => counts.get(name) ?? [])
  return found.find((count) => count > 0) ?? found[0] ?? null
}

/** Counts by name. The key of a nested count is the name of its object plus its own name. */
function collectCounts(usage: Record<string, unknown>): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string, sent: unknown): void => {
    const count = readCount(sent)
    if (count !== null) counts.set(name, count)
  }
  for (const [name, sent] of Object.entries(usage)) {
    add(normalizeName(name), sent)
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) continue
    for (const [inner, value] of Object.entries(sent)) add(normalizeName(name + inner), value)
  }
  return counts
}

function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
