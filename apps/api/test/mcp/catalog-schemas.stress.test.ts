import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Capability } from '@capstan/shared/contract/capability'
import { SHOWN_SOURCES } from '@capstan/shared/contract/choice-names'
import { findSchemaFaults } from '@capstan/testkit/find-schema-faults'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { connectMcp, readToolText } from './mcp-client.ts'

/** Types of all recorded definitions. */
const TYPES = 2_235

/** A row as a scan of the recorded definitions stores it: of any source, with any number of phrases. */
function makeVariedRow(index: number): Capability {
  const source = SHOWN_SOURCES[index % SHOWN_SOURCES.length]
  const provider = { model: 'openai', curated: 'curated', rules: 'demo', override: 'openai' }
  const row = makeCapability({
    cluster: 'prod',
    group: index % 7 === 0 ? '' : `group-${index % 90}.example.com`,
    kind: `Kind${index}`,
    scope: index % 5 === 0 ? 'Cluster' : 'Namespaced',
    useCase: index % 3 === 0 ? '' : `Use it for case ${index}.`,
    capabilities: Array.from({ length: 1 + (index % 12) }, (_, n) => `capability ${n}`),
    complexity: (['low', 'medium', 'high'] as const)[index % 3] ?? 'low',
    stale: index % 11 === 0,
    lowConfidence: index % 13 === 0,
    confidence: (index % 101) / 100,
  })
  return {
    ...row,
    override:
      source === 'override'
        ? { by: 'token:a', at: '2026-11-23T10:00:00.000Z', note: null, fields: {}, inferred: {} }
        : null,
    provenance: { ...row.provenance, provider: provider[source ?? 'model'] },
  }
}

test('every row of a catalog of all recorded types is valid against the schema of its tool', async () => {
  const rows = Array.from({ length: TYPES }, (_, index) => makeVariedRow(index))
  const { clusters } = literalClusters(['Queue'])
  const rig = await startRig({ clusters, postsPerMinute: 100_000 })
  await rig.deps.catalog.put(rows)
  const client = await connectMcp(rig.url)
  const { tools } = await client.listTools()
  const schema = z
    .looseObject({})
    .parse(tools.find(({ name }) => name === 'get_capability')?.outputSchema)
  for (const { resource } of rows) {
    const input = { resource, example: false }
    const result = await client.callTool({ name: 'get_capability', arguments: input })
    expect(result.isError, readToolText(result)).not.toBe(true)
    expect(findSchemaFaults(result.structuredContent, schema), resource).toEqual([])
  }
})
