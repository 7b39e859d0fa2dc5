import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOddStack, type OddScan, type OddStack } from './odd-stack.ts'

/** One endpoint for each dialect, which is discovered while 300 types wait. */
const EACH_DIALECT = `
  vllm/plain groq/no-schema-bounds llama-cpp/no-json-schema deepseek/plain
  tgi/no-json-schema litellm/no-response-format+fenced vllm/no-system-role
  azure/no-max-tokens azure/no-json-schema+no-max-tokens`
const EACH_ANTHROPIC_DIALECT = 'no-output-config'

/** The same dialects with error messages of other products, and those that accept the default form. */
const OTHER_WORDS = `
  vllm/no-schema-bounds vllm/no-max-completion-tokens
  ollama/plain ollama/fenced-without-format
  lm-studio/plain lm-studio/no-json-schema
  llama-cpp/plain llama-cpp/no-grammar-for-bounds
  tgi/plain tgi/no-system-role
  litellm/nested-no-schema litellm/no-temperature
  openrouter/plain openrouter/no-schema-at-provider
  azure/plain azure/no-max-completion-tokens azure/no-temperature+no-max-tokens azure/old-version
  deepseek/schema-422 groq/plain groq/no-json-schema
  mistral/plain gemini/plain xai/plain company-gateway/plain`
const OTHER_ANTHROPIC_WORDS = `
  plain invalid-params no-schema-bounds no-system-list no-cache-control openai-errors
  no-output-config+no-system-list+no-cache-control`

/** The endpoint accepts the default form; text, place or counts of its answers are unusual. */
const ODD_ANSWERS = `
  vllm/think-tags vllm/closing-think-tag vllm/reasoning-content vllm/reasoning
  vllm/answer-in-reasoning vllm/answer-in-new-reasoning
  vllm/parts vllm/tool-call vllm/list-of-one vllm/trailing-comma vllm/byte-order-mark
  ollama/reasoning ollama/think-tags ollama/cuts-prompt
  lm-studio/fenced lm-studio/think-tags llama-cpp/reasoning-content llama-cpp/prose
  litellm/tool-call openrouter/reasoning deepseek/reasoning-content deepseek/empty-lines
  mistral/thinking-parts gemini/fenced
  company-gateway/cached-beside company-gateway/fractional-usage company-gateway/no-usage
  company-gateway/null-usage company-gateway/textual-usage company-gateway/negative-usage
  company-gateway/text-type`
const ODD_ANTHROPIC_ANSWERS =
  'thinking tool-use bare-usage fenced think-tags no-usage null-usage textual-usage'

const SCANS: OddScan[] = [
  ...scans(EACH_DIALECT, 'openai', 300),
  ...scans(EACH_ANTHROPIC_DIALECT, 'anthropic', 300),
  ...scans(OTHER_WORDS, 'openai', 20),
  ...scans(OTHER_ANTHROPIC_WORDS, 'anthropic', 20),
  ...scans(ODD_ANSWERS, 'openai', 20),
  ...scans(ODD_ANTHROPIC_ANSWERS, 'anthropic', 20),
]

function scans(names: string, provider: 'openai' | 'anthropic', types: number): OddScan[] {
  const prefix = provider === 'openai' ? '' : 'anthropic-gateway/'
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ model: `${prefix}${name}`, provider, types }))
}

let odd: OddStack

beforeAll(async () => {
  odd = await startOddStack({ types: 300 })
  odd.runAll(SCANS)
})

afterAll(() => odd.stop())

test.each(SCANS)(
  'a scan with $model answers $types types with one call each and at most three additional calls',
  async ({ model, types }) => {
    const { scan, counts } = await odd.outcomeOf(model)
    expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: types, failed: 0 } })
    expect(counts.answered).toBe(types)
    expect(counts.all).toBeLessThanOrEqual(types + 3)
    expect(counts.fault).toBe(0)
  },
)

test('a scan with an Azure deployment uses its path, key and API version, with at most three additional calls', async () => {
  const azure = await startOddStack({
    types: 20,
    provider: { product: 'azure', behaviors: ['deployment', 'no-max-tokens'] },
    worker: (url) => ({
      OPENAI_BASE_URL: `${url}/openai/deployments/my-deployment`,
      OPENAI_API_VERSION: '2024-10-21',
    }),
  })
  try {
    azure.runAll([{ model: 'my-deployment', provider: 'openai', types: 20 }])
    const { scan, counts } = await azure.outcomeOf('my-deployment')
    expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 20 } })
    expect(counts.all).toBeLessThanOrEqual(23)
  } finally {
    await azure.stop()
  }
})
