import type { SimConfig } from '../sim-config.ts'

// One model per vendor, so that clients have nothing to choose.
const MODELS = {
  anthropic: ['claude-haiku-5-5'],
  openai: ['gpt-6-luna', 'text-embedding-simulated'],
}
const RELEASED = '2026-10-01T00:00:00Z'

/** GET /v1/models of Anthropic. */
export function listAnthropicModels(config: SimConfig) {
  const data = listModelNames(config, 'anthropic').map(describeAnthropicModel)
  return {
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

/** GET /v1/models/:id of Anthropic. */
export function describeAnthropicModel(id: string) {
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

/** GET /v1/models of OpenAI. */
export function listOpenAiModels(config: SimConfig) {
  return { object: 'list', data: listModelNames(config, 'openai').map(describeOpenAiModel) }
}

/** GET /v1/models/:id of OpenAI. */
export function describeOpenAiModel(id: string) {
  return { id, object: 'model', created: Date.parse(RELEASED) / 1000, owned_by: 'simulated' }
}

/** Names of the available models. */
export function listModelNames(config: SimConfig, vendor: 'anthropic' | 'openai'): string[] {
  return config.models.length > 0 ? config.models : MODELS[vendor]
}
