import type { Clusters } from '@capstan/cluster/clusters'
import { openClusters } from '@capstan/cluster/open-clusters'
import { AppError } from '@capstan/shared/errors'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import type { Log } from '@capstan/shared/log'
import type { ApiConfig } from '../config.ts'

/** A request for a cluster that cannot be opened looks for it again, at most this often. */
const AGAIN_MS = 1_000

/**
 * Opens the configured clusters. Without a usable one stored capabilities can still be read, and `named` throws the
 * AppError with the reason. The kubeconfig may be written after the start: each later request for a cluster finds it.
 */
export function findClusters(config: ApiConfig, log: Log): Omit<Clusters, 'default'> {
  let found: Clusters | undefined
  let refusal: AppError | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  const find = (): Clusters => {
    if (found) return found
    if (refusal && performance.now() - lookedAt < AGAIN_MS) throw refusal
    lookedAt = performance.now()
    try {
      found = openConfigured(config, log)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message: detail, hint } = error
      if (detail !== refusal?.message) log.warn({ detail, hint }, 'no cluster can be scanned')
      refusal = error
      throw error
    }
    if (refusal) log.info({ clusters: found.names }, 'a cluster can be scanned now')
    return found
  }
  return {
    get names() {
      return found?.names ?? []
    },
    named: (name) => find().named(name),
    warmUp: async () => {
      try {
        await find().warmUp()
      } catch (error) {
        // The request that needs the cluster reports it.
        if (!(error instanceof AppError)) throw error
      }
    },
    close: async () => found?.close(),
  }
}

function openConfigured(config: ApiConfig, log: Log): Clusters {
  return openClusters({
    kubeconfig: config.KUBECONFIG,
    context: config.CAPSTAN_CONTEXT,
    clusterFiles: config.CAPSTAN_CLUSTER_FILES,
    inCluster: config.KUBERNETES_SERVICE_HOST !== undefined,
    allowExec: config.CAPSTAN_ALLOW_EXEC,
    environment: config.pluginEnvironment,
    chooseProxy: readProxyRules(config).choose,
    onWarning: (warning) => log.warn(warning),
  })
}
