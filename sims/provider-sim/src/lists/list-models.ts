import type { SimConfig } from '../sim-config.ts'

// One model that answers questions: a client that is pointed here has nothing to choose.
const MODELS = {
  anthropic: ['claude-haiku-5-5'],
  openai: ['gpt-6-luna', 'text-embedding-simulated'],
}
const RELEASED = '2026-10-01T00:00:00Z'

/** GET /v1/models as Anthropic answers it. */
export function anthropicModelList(config: SimConfig) {
  const data = namesOf(config, 'anthropic').map(anthropicModel)
  return {
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

/** GET /v1/models/:id as Anthropic answers it. */
export function anthropicModel(id: string) {
  const [yes, no] = [{ supported: true }, { supported: false }]
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: RELEASED,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: {
      batch: no,
      citations: no,
      code_execution: no,
      context_management: {
        ...no,
        clear_thinking_20251015: null,
        clear_tool_uses_20250919: null,
        compact_20260112: null,
      },
      effort: { ...no, low: no, medium: no, high: no, max: no, xhigh: null },
      image_input: no,
      pdf_input: no,
      server_tools: { ...no, code_execution: no, web_search: no },
      structured_outputs: yes,
      thinking: {
        ...no,
        types: { adaptive: no, between_tools: no, disabled: yes, enabled: no },
      },
    },
  }
}

/** GET /v1/models as OpenAI answers it. */
export function openAiModelList(config: SimConfig) {
  return { object: 'list', data: namesOf(config, 'openai').map(openAiModel) }
}

/** GET /v1/models/:id as OpenAI answers it. */
export function openAiModel(id: string) {
  return { id, object: 'model', created: Date.parse(RELEASED) / 1000, owned_by: 'simulated' }
}

/** Names of the models there are. */
export function namesOf(config: SimConfig, vendor: 'anthropic' | 'openai'): string[] {
  return config.models.length > 0 ? config.models : MODELS[vendor]
}
