import { expect, test } from 'vitest'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { compareRows } from './compare-rows.ts'

function createRow(resource: string, changes: Partial<CapabilityView> = {}): CapabilityView {
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 }
  return {
    id: '00000000-0000-5000-8000-000000000000',
    cluster: 'a',
    resource,
    group: '',
    version: 'v1',
    apiVersion: 'v1',
    kind: 'Thing',
    scope: 'Namespaced',
    verbs: [],
    shortNames: [],
    categories: [],
    printerColumns: [],
    capabilities: ['storage'],
    providers: [],
    abstractions: [],
    complexity: 'low',
    description: 'A thing.',
    useCase: '',
    confidence: 0.9,
    searchPhrases: [],
    lowConfidence: false,
    suspicions: [],
    override: null,
    stale: false,
    source: 'model',
    provenance: {
      provider: 'anthropic',
      model: 'm',
      promptVersion: '1',
      sharedWith: 0,
      definitionHash: '',
      contentKey: '',
      scanId: '',
      worker: null,
      attempt: null,
      inferredAt: '2026-01-01T00:00:00.000Z',
      durationMs: 1,
      usage,
      truncated: false,
    },
    ...changes,
  }
}

test('a comparison finds types of one cluster, other answers, and equal ones', () => {
  const compared = compareRows(
    [createRow('only-a'), createRow('same'), createRow('other')],
    [
      createRow('same', { cluster: 'b', version: 'v2' }),
      createRow('other', { complexity: 'high', providers: ['AWS'] }),
      createRow('only-b'),
    ],
  )
  expect(compared.onlyA.map(({ resource }) => resource)).toEqual(['only-a'])
  expect(compared.onlyB.map(({ resource }) => resource)).toEqual(['only-b'])
  expect(compared.changed.map(({ resource, fields }) => [resource, fields])).toEqual([
    ['other', ['providers', 'complexity']],
  ])
  expect(compared.same).toBe(1)
})
