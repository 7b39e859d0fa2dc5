import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'

/** Kinds of scans that a paused route of another model must not slow down. */
export const SCAN_KINDS = ['demo', 'other model', 'other provider'] as const
export type ScanKind = (typeof SCAN_KINDS)[number]

interface KindPlan {
  types: number
  request: Partial<ScanRequest>
}

export const KIND_PLANS: Record<ScanKind, KindPlan> = {
  demo: { types: 500, request: { provider: 'demo' } },
  'other model': { types: 160, request: { provider: 'anthropic', model: 'other-model' } },
  'other provider': { types: 160, request: { provider: 'openai' } },
}
