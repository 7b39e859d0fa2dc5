import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClusters } from '@capstan/cluster/open-clusters'
import type { SourceCache } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Question } from '@capstan/shared/inference/types'

const NO_CACHE: SourceCache = {
  lookup: async (sourceKeys) => sourceKeys.map(() => undefined),
  remember: async () => {},
}

/** Builds the prompts of Capstan for these types of a cluster (`demo` or a folder of manifests). */
export async function buildQuestions(
  { cluster, include }: { cluster: string; include: string[] },
  signal: AbortSignal,
): Promise<Question[]> {
  await using stack = new AsyncDisposableStack()
  const sim = stack.adopt(await startClusterSim({ cluster }), (running) => running.close())
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-peer-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, sim.kubeconfig, { mode: 0o600 })
  const clusters = openClusters({ kubeconfig, inCluster: false, allowExec: false, homeDir: '' })
  stack.defer(() => clusters.close())
  const discovery = await clusters.default.discover(signal)
  const { selected } = await selectTypes(discovery.types, { include, exclude: [] })
  const questions: Question[] = []
  for await (const one of clusters.default.describe(selected, NO_CACHE, signal)) {
    if (one.outcome === 'described') questions.push(buildQuestion(one.definition))
  }
  return questions
}
