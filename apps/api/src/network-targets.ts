import type { Clusters } from '@capstan/cluster/open-clusters'
import type { NetworkTarget } from '@capstan/shared/contract/network-target'
import { describeTarget, describeWay } from '@capstan/shared/http/describe-target'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import type { ApiConfig } from './config.ts'

/** The way from this API to its default cluster, to Qdrant and to the embedding model. */
export async function networkTargets(
  config: ApiConfig,
  clusters: Pick<Clusters, 'named'>,
): Promise<NetworkTarget[]> {
  const rules = readProxyRules(config)
  const { QDRANT_URL, EMBEDDINGS_URL, EMBEDDINGS_API_KEY } = config
  const embeddings = EMBEDDINGS_URL ?? (EMBEDDINGS_API_KEY && 'https://api.openai.com')
  const way = await clusterWay(clusters)
  return [
    ...(way ? [describeWay('cluster', way.server, way.proxy)] : []),
    ...(QDRANT_URL ? [describeTarget('qdrant', QDRANT_URL, rules)] : []),
    ...(embeddings ? [describeTarget('embeddings', embeddings, rules)] : []),
  ]
}

/** Undefined also for a cluster that must not be used as it is: whoever reads from it is given the reason. */
async function clusterWay(clusters: Pick<Clusters, 'named'>) {
  try {
    return await clusters.named('default')?.way?.()
  } catch {
    return undefined
  }
}
