import { expect, test } from 'vitest'
import type { PlanEntry } from '@capstan/scan-store/journal/types'
import { createMetrics } from './metrics.ts'

const TYPE = {
  resource: 'widgets.example.com',
  kind: 'Widget',
  group: 'example.com',
  version: 'v1',
  scope: 'Namespaced',
  definition: 'd',
  contentKey: 'k',
  estimatedTokens: 1,
  truncated: false,
} as const
const answer = { confidence: 0.9, capabilities: ['widgets'], answerHash: 'h' }

test('types that a plan ends are counted by outcome, reason and source', async () => {
  const { typesPlanned, registry } = createMetrics()
  const entries: PlanEntry[] = [
    { ...TYPE, action: 'curated', answer },
    { ...TYPE, action: 'curated', answer },
    { ...TYPE, action: 'stored', answer, source: 'model' },
    { ...TYPE, action: 'stored', answer, source: 'rules' },
    { ...TYPE, action: 'unchanged' },
    { ...TYPE, action: 'undescribable' },
    { ...TYPE, action: 'analyze' },
  ]
  typesPlanned({ entries })
  const lines = (await registry.metrics()).split('\n')
  expect(lines.filter((line) => /^capstan_(resources|cache_hits)_total/.test(line))).toEqual([
    'capstan_cache_hits_total{kind="plan"} 2',
    'capstan_resources_total{outcome="succeeded",reason="answered",source="curated"} 2',
    'capstan_resources_total{outcome="succeeded",reason="cached",source="model"} 1',
    'capstan_resources_total{outcome="succeeded",reason="cached",source="rules"} 1',
    'capstan_resources_total{outcome="skipped",reason="unchanged"} 1',
    'capstan_resources_total{outcome="failed",reason="schema_unavailable"} 1',
  ])
})
