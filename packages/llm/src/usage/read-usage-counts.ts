import { readCount } from './read-count.ts'

/** The counts of one usage object, by meaning; null where it has none that can be used. */
export interface UsageCounts {
  /** Tokens of the prompt. */
  prompt: number | null
  /** Of those, or beside them, tokens read from a cache. */
  cached: number
  /** Tokens of the prompt that were written to a cache. */
  written: number
  /** Whether the names are those of vendors that count cached tokens beside the prompt; others count them as part of it. */
  isBeside: boolean
  output: number | null
  reasoning: number
  /** Whether reasoning is counted beside the output by its name. */
  isReasoningBeside: boolean
  total: number | null
}

/**
 * Names of counts in lower case without anything but letters and digits, so that `prompt_tokens`, `promptTokens` and `PromptTokens`
 * are one. Of OpenAI's chat and responses, Anthropic, Bedrock, Gemini, Ollama, llama.cpp, TGI, DeepSeek and gateways.
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
  /** Whether cached tokens are part of it depends on the name of their count. */
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

/** Reads one usage object, whatever is in it. */
export function readUsageCounts(usage: Record<string, unknown>): UsageCounts {
  const counts = namedCounts(usage)
  const first = (names: readonly string[]): number | null => firstCount(counts, names)
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

/** The first count that is not 0: gateways that translate send both vendors' names, one of them empty. */
function firstCount(counts: Map<string, number>, names: readonly string[]): number | null {
  const found = names.flatMap((name) => counts.get(name) ?? [])
  return found.find((count) => count > 0) ?? found[0] ?? null
}

/** Counts by name, those of nested objects under both names. */
function namedCounts(usage: Record<string, unknown>): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string, sent: unknown): void => {
    const count = readCount(sent)
    if (count !== null) counts.set(name, count)
  }
  for (const [name, sent] of Object.entries(usage)) {
    add(plainName(name), sent)
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) continue
    for (const [inner, value] of Object.entries(sent)) add(plainName(name + inner), value)
  }
  return counts
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
