/** Choices of requests. The schemas are elsewhere, so that the CLI can list choices without loading them. */
export const SCAN_MODES = ['incremental', 'full'] as const
export const SCAN_PRIORITIES = ['high', 'normal', 'low'] as const
export const SCAN_ORDERS = ['name', 'smallest-first', 'largest-first'] as const
export const CONFLICT_POLICIES = ['join', 'reject', 'parallel'] as const
export const COMPLEXITIES = ['low', 'medium', 'high'] as const
export const SEARCH_MODES = ['hybrid', 'semantic', 'keyword'] as const
export const MATCH_STRENGTHS = ['strong', 'weak'] as const
/** State of the catalog row of a type: absent, outdated, or current. */
export const FRESHNESS_STATES = ['missing', 'stale', 'fresh'] as const
/** Sources of an answer. `override` is the source of a row that a person has corrected. */
export const ANSWER_SOURCES = ['model', 'curated', 'rules'] as const
export const SHOWN_SOURCES = [...ANSWER_SOURCES, 'override'] as const
/** Whether scans use curated answers. `auto`: only scans without a model. `prefer`: all scans. */
export const CURATED_POLICIES = ['auto', 'prefer', 'off'] as const
export type CuratedPolicy = (typeof CURATED_POLICIES)[number]
