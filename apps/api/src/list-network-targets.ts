import type { ServerAddress } from '@capstan/cluster/cluster-source'
import type { Clusters } from '@capstan/cluster/clusters'
import type { NetworkTarget } from '@capstan/shared/contract/network-target'
import { describeTarget } from '@capstan/shared/http/describe-target'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import type { ApiConfig } from './config.ts'

/** Describes how this API reaches its default cluster, Qdrant, the embedding model and the issuer of logins. */
export async function listNetworkTargets(
  config: ApiConfig,
  clusters: Pick<Clusters, 'find'>,
): Promise<NetworkTarget[]> {
  const { choose } = readProxyRules(config)
  const { QDRANT_URL: qdrant, EMBEDDINGS_URL, EMBEDDINGS_API_KEY, oidc } = config
  const embeddings = EMBEDDINGS_URL ?? (EMBEDDINGS_API_KEY && 'https://api.openai.com')
  const cluster = await readClusterAddress(clusters)
  return [
    ...(cluster ? [describeTarget('cluster', cluster.server, cluster.proxy)] : []),
    ...(qdrant ? [describeTarget('qdrant', qdrant, choose(qdrant))] : []),
    ...(oidc ? [describeTarget('login', oidc.issuer, choose(oidc.issuer))] : []),
    ...(embeddings ? [describeTarget('embeddings', embeddings, choose(embeddings))] : []),
  ]
}

/** Returns undefined for an unusable cluster as well: the cluster check reports the reason. */
async function readClusterAddress(
  clusters: Pick<Clusters, 'find'>,
): Promise<ServerAddress | undefined> {
  try {
    return await clusters.find()?.address?.()
  } catch {
    return undefined
  }
}
