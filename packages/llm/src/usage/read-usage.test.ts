import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { readUsage } from './read-usage.ts'

const ESTIMATE = { inputTokens: 790, outputTokens: 95 }
const usageIn = (body: unknown) => completeUsage(readUsage(body), ESTIMATE)
const used = (inputTokens: number, cachedTokens: number, outputTokens: number) => ({
  inputTokens,
  cachedTokens,
  outputTokens,
})
const details = (name: string, tokens: unknown) => ({ prompt_tokens_details: { [name]: tokens } })
const reasoning = (tokens: number) => ({
  completion_tokens_details: { reasoning_tokens: tokens },
})

/** Rows of server, body and expected usage. */
type Row = [string, unknown, ReturnType<typeof used>]

const REPORTED: Row[] = [
  [
    'OpenAI chat',
    { usage: { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 } },
    used(800, 0, 100),
  ],
  [
    'OpenAI chat with cached tokens in the prompt',
    {
      usage: {
        prompt_tokens: 800,
        completion_tokens: 100,
        total_tokens: 900,
        ...details('cached_tokens', 740),
      },
    },
    used(60, 740, 100),
  ],
  [
    'OpenAI responses',
    {
      usage: {
        input_tokens: 800,
        input_tokens_details: { cached_tokens: 740 },
        output_tokens: 100,
        output_tokens_details: { reasoning_tokens: 40 },
        total_tokens: 900,
      },
    },
    used(60, 740, 100),
  ],
  [
    'Anthropic',
    {
      usage: {
        input_tokens: 20,
        cache_creation_input_tokens: 40,
        cache_read_input_tokens: 740,
        output_tokens: 100,
      },
    },
    used(60, 740, 100),
  ],
  [
    'a gateway with more cached tokens than prompt tokens',
    {
      usage: {
        prompt_tokens: 60,
        completion_tokens: 100,
        total_tokens: 160,
        ...details('cached_tokens', 740),
      },
    },
    used(60, 740, 100),
  ],
  [
    'a gateway whose total shows that cached tokens are beside the prompt',
    {
      usage: {
        prompt_tokens: 750,
        completion_tokens: 100,
        total_tokens: 1_590,
        ...details('cached_tokens', 740),
      },
    },
    used(750, 740, 100),
  ],
  [
    'a gateway that writes to the cache, with the names of both vendors',
    {
      usage: {
        prompt_tokens: 800,
        completion_tokens: 100,
        total_tokens: 900,
        cache_creation_input_tokens: 700,
        cache_read_input_tokens: 50,
      },
    },
    used(750, 50, 100),
  ],
  [
    'a gateway that sends the empty counts of the other vendor as well',
    {
      usage: { prompt_tokens: 800, completion_tokens: 100, input_tokens: 0, output_tokens: 0 },
    },
    used(800, 0, 100),
  ],
  [
    'names of Anthropic on the chat wire',
    { usage: { input_tokens: 60, output_tokens: 100, cache_read_input_tokens: 740 } },
    used(60, 740, 100),
  ],
  [
    'camel case',
    {
      usage: { inputTokens: 60, outputTokens: 100, cacheReadInputTokens: 740, totalTokens: 900 },
    },
    used(60, 740, 100),
  ],
  [
    'textual counts',
    { usage: { prompt_tokens: '1,234', completion_tokens: ' 56 ', total_tokens: '1290' } },
    used(1_234, 0, 56),
  ],
  [
    'fractional counts',
    { usage: { prompt_tokens: 800.4, completion_tokens: '99.7' } },
    used(800, 0, 100),
  ],
  [
    'a negative count of cached tokens',
    { usage: { prompt_tokens: 800, completion_tokens: 100, ...details('cached_tokens', -1) } },
    used(800, 0, 100),
  ],
  [
    'xAI, reasoning beside the output',
    {
      usage: {
        prompt_tokens: 800,
        completion_tokens: 40,
        total_tokens: 900,
        ...reasoning(60),
      },
    },
    used(800, 0, 100),
  ],
  [
    'reasoning in the output',
    {
      usage: {
        prompt_tokens: 800,
        completion_tokens: 100,
        total_tokens: 900,
        ...reasoning(60),
      },
    },
    used(800, 0, 100),
  ],
  [
    'more reasoning than output, without a total',
    { usage: { prompt_tokens: 800, completion_tokens: 40, ...reasoning(60) } },
    used(800, 0, 100),
  ],
  [
    'reasoning alone with a total',
    {
      usage: { prompt_tokens: 800, completion_tokens: 0, total_tokens: 900, ...reasoning(100) },
    },
    used(800, 0, 100),
  ],
  ['a prompt and a total', { usage: { prompt_tokens: 800, total_tokens: 900 } }, used(800, 0, 100)],
  [
    'an output and a total',
    { usage: { prompt_tokens: 0, completion_tokens: 100, total_tokens: 900 } },
    used(800, 0, 100),
  ],
  [
    'DeepSeek without a prompt',
    {
      usage: {
        prompt_cache_hit_tokens: 740,
        prompt_cache_miss_tokens: 60,
        completion_tokens: 100,
      },
    },
    used(60, 740, 100),
  ],
  [
    'Gemini with thoughts',
    {
      usageMetadata: {
        promptTokenCount: 800,
        cachedContentTokenCount: 740,
        candidatesTokenCount: 40,
        thoughtsTokenCount: 60,
        totalTokenCount: 900,
      },
    },
    used(60, 740, 100),
  ],
  ['Ollama', { prompt_eval_count: 800, eval_count: 100 }, used(800, 0, 100)],
  [
    'llama.cpp with timings alone',
    { timings: { prompt_n: 60, cache_n: 740, predicted_n: 100 } },
    used(60, 740, 100),
  ],
  [
    'llama.cpp with an empty usage',
    {
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      timings: { prompt_n: 800, predicted_n: 100 },
    },
    used(800, 0, 100),
  ],
  ['llama.cpp completion', { tokens_evaluated: 800, tokens_predicted: 100 }, used(800, 0, 100)],
  [
    'usage in a choice',
    { choices: [{ usage: { prompt_tokens: 800, completion_tokens: 100 } }] },
    used(800, 0, 100),
  ],
  [
    'a message in an envelope',
    { message: { usage: { input_tokens: 800, output_tokens: 100 } } },
    used(800, 0, 100),
  ],
]

const MISSING: [string, unknown, ReturnType<typeof used>, number][] = [
  ['no usage', {}, used(790, 0, 95), 885],
  ['null', { usage: null }, used(790, 0, 95), 885],
  ['an empty usage', { usage: {} }, used(790, 0, 95), 885],
  ['a text', { usage: 'about 900' }, used(790, 0, 95), 885],
  ['a list', { usage: [1, 2] }, used(790, 0, 95), 885],
  ['a body that is no object', 'none', used(790, 0, 95), 885],
  [
    'counts that are all 0',
    { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
    used(790, 0, 95),
    885,
  ],
  [
    'negative, huge and unreadable counts',
    { usage: { prompt_tokens: -1, completion_tokens: 1e300, total_tokens: 'many' } },
    used(790, 0, 95),
    885,
  ],
  ['a total alone', { usage: { total_tokens: 900 } }, used(805, 0, 95), 900],
  [
    'a total beside counts of 0',
    { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 900 } },
    used(805, 0, 95),
    900,
  ],
  ['an output alone', { usage: { completion_tokens: 100 } }, used(790, 0, 100), 790],
  ['a prompt alone', { usage: { prompt_tokens: 800 } }, used(800, 0, 95), 95],
  [
    'no output although there is a text',
    { usage: { input_tokens: 800, output_tokens: 0 } },
    used(800, 0, 95),
    95,
  ],
  [
    'a total with tokens that no part explains',
    { usage: { prompt_tokens: 800, completion_tokens: 40, total_tokens: 900 } },
    used(800, 0, 100),
    60,
  ],
  [
    'a total below its parts',
    { usage: { prompt_tokens: 800, completion_tokens: 'x', total_tokens: 5 } },
    used(800, 0, 95),
    95,
  ],
]

describe('readUsage', () => {
  test.each(REPORTED)('usage of %s: every token is reported', (_, body, usage) => {
    expect(usageIn(body)).toEqual(usage)
  })

  test.each(MISSING)(
    'usage of %s: missing counts are estimated and marked',
    (_, body, usage, estimated) => {
      expect(usageIn(body)).toEqual({ ...usage, estimatedTokens: estimated })
    },
  )

  const NAMES = [
    'usage',
    'usageMetadata',
    'timings',
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'prompt_tokens_details',
    'completion_tokens_details',
    'cached_tokens',
    'reasoning_tokens',
    'input_tokens',
    'output_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'thoughtsTokenCount',
    '__proto__',
  ]
  const count = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.integer({ min: 0, max: 5_000 }),
    fc.integer().map(String),
    fc.jsonValue(),
  )
  const part = fc.dictionary(fc.constantFrom(...NAMES), count)
  const usage = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(count, part))
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ usage: fc.oneof(usage, fc.jsonValue()) }),
    fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(count, usage)),
  )
  const estimate = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() })

  test('the usage of any JSON body consists of non-negative integers and is never zero', () => {
    fc.assert(
      fc.property(body, estimate, (sent, estimated) => {
        const { inputTokens, cachedTokens, outputTokens, estimatedTokens } = completeUsage(
          readUsage(sent),
          estimated,
        )
        for (const tokens of [inputTokens, cachedTokens, outputTokens, estimatedTokens ?? 1]) {
          expect(Number.isSafeInteger(tokens) && tokens >= 0 && !Object.is(tokens, -0)).toBe(true)
        }
        const all = inputTokens + cachedTokens + outputTokens
        expect(all).toBeGreaterThan(0)
        expect(estimatedTokens ?? 1).toBeGreaterThan(0)
        expect(estimatedTokens ?? 1).toBeLessThanOrEqual(all)
      }),
      { numRuns: 5_000 },
    )
  })
})
