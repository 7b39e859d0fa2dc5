import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClusters } from '@capstan/cluster/open-clusters'
import type { SourceCache } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { findCuratedAnswer } from '@capstan/curated-answers/find-curated-answer'
import { createRuleBasedAnswer } from '@capstan/rule-based-answers/create-rule-based-answer'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { makeCapability } from '@capstan/testkit/make-capability'

export interface ScannedRows {
  rows: Capability[]
  /** Number of rows with a curated answer. The others are rule-based. */
  curated: number
}

const NO_CACHE: SourceCache = {
  lookup: async (sourceKeys) => sourceKeys.map(() => undefined),
  remember: async () => {},
}

/**
 * The rows of a scan without a model, by the functions that it uses: discovery, definitions, curated answers and rules.
 * `cluster`: `demo`, or the list of a recorded cluster, which is served over HTTP.
 */
export async function scanRows(cluster: string, signal: AbortSignal): Promise<ScannedRows> {
  await using stack = new AsyncDisposableStack()
  const sim = stack.adopt(await startClusterSim({ cluster }), (running) => running.close())
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-relevance-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, sim.kubeconfig, { mode: 0o600 })
  const clusters = openClusters({ kubeconfig, inCluster: false, allowExec: false, homeDir: '' })
  stack.defer(() => clusters.close())
  const discovery = await clusters.default.discover(signal)
  const { selected } = await selectTypes(discovery.types, { include: ['*'], exclude: [] })
  const scanned: ScannedRows = { rows: [], curated: 0 }
  for await (const one of clusters.default.describe(selected, NO_CACHE, signal)) {
    if (one.outcome !== 'described') continue
    const curated = findCuratedAnswer(one.definition)
    if (curated) scanned.curated += 1
    const answer = curated ?? createRuleBasedAnswer(one.definition.outline)
    scanned.rows.push(buildRow(one.definition, answer))
  }
  return scanned
}

function buildRow({ type }: Definition, answer: Partial<Capability>): Capability {
  const { group, kind, scope, shortNames } = type
  return makeCapability({ ...answer, resource: resourceName(type), group, kind, scope, shortNames })
}
