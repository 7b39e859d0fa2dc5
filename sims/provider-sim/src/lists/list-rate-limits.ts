import type { LimitsConfig } from '../config/limits-config.ts'

/** Limits of one model group of an account, for the lists of both vendors. */
export interface ModelGroupLimits {
  group: string
  models: string[]
  limits: LimitsConfig
  /** Length of a real minute in simulated minutes. */
  timeScale: number
}

/** GET /v1/organizations/rate_limits of Anthropic. */
export function listAnthropicRateLimits(groups: ModelGroupLimits[]) {
  return {
    data: groups.map(({ group, models, limits, timeScale }) => ({
      id: `rl_${group}`,
      type: 'rate_limit',
      group: { id: `rlg_${group}`, type: 'model_group', display_name: group },
      models,
      limits: listValues(limits).map(([type, value]) => ({ type, value: value * timeScale })),
    })),
    next_page: null,
  }
}

function listValues(limits: LimitsConfig): [string, number][] {
  const input = limits.countsCachedInput
    ? 'input_tokens_per_minute'
    : 'input_tokens_per_minute_cache_aware'
  const named: [string, number | undefined][] = [
    ['requests_per_minute', limits.requestsPerMinute],
    [input, limits.inputTokensPerMinute],
    ['output_tokens_per_minute', limits.outputTokensPerMinute],
    ['tokens_per_minute', limits.tokensPerMinute],
  ]
  return named.flatMap(([type, value]) => (value === undefined ? [] : [[type, value]]))
}

/** GET /v1/organization/projects/:id/rate_limits of OpenAI. */
export function listOpenAiRateLimits(groups: ModelGroupLimits[]) {
  const data = groups.flatMap(({ models, limits, timeScale }) =>
    models.map((model) => ({
      object: 'project.rate_limit',
      id: `rl-${model}`,
      model,
      max_requests_per_1_minute: (limits.requestsPerMinute ?? 0) * timeScale,
      max_tokens_per_1_minute: (limits.tokensPerMinute ?? 0) * timeScale,
    })),
  )
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: false,
  }
}
