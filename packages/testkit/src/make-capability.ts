import type { Capability } from '@capstan/shared/contract/capability'
import { capabilityId } from '@capstan/shared/inference/capability-id'

/** A complete catalog row; `change` sets the fields that matter to the test. */
export function makeCapability(change: Partial<Capability> = {}): Capability {
  const cluster = change.cluster ?? 'default'
  const group = change.group ?? 'batch'
  const kind = change.kind ?? 'CronJob'
  return {
    id: capabilityId(cluster, group, kind),
    cluster,
    resource: `${kind.toLowerCase()}s.${group}`,
    group,
    version: 'v1',
    apiVersion: `${group}/v1`,
    kind,
    scope: 'Namespaced',
    verbs: ['get', 'list'],
    shortNames: [],
    categories: [],
    printerColumns: [],
    capabilities: ['scheduled tasks'],
    providers: [],
    abstractions: [],
    complexity: 'low',
    description: 'Runs a task on a schedule.',
    useCase: 'Nightly work.',
    confidence: 0.9,
    searchPhrases: ['run a job every night'],
    lowConfidence: false,
    suspicions: [],
    override: null,
    stale: false,
    provenance: {
      provider: 'demo',
      model: 'demo-rules',
      promptVersion: 'p',
      sharedWith: 0,
      definitionHash: 'd'.repeat(64),
      contentKey: 'c'.repeat(64),
      scanId: 'scan_00000000000000000000000000000000',
      worker: 'host-1',
      attempt: 1,
      inferredAt: '2026-11-23T10:00:00.000Z',
      durationMs: 1,
      usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
      truncated: false,
    },
    ...change,
  }
}
