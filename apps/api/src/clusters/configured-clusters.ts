import type { Clusters } from '@capstan/cluster/clusters'
import { openClusters } from '@capstan/cluster/open-clusters'
import { AppError } from '@capstan/shared/errors'
import { readProxyRules } from '@capstan/shared/http/proxy-rules'
import type { Log } from '@capstan/shared/log'
import type { ApiConfig } from '../config.ts'

/** Minimum interval between two attempts to open the clusters. */
const RETRY_INTERVAL_MS = 1_000

/**
 * Opens the configured clusters. Without a usable kubeconfig the API still serves stored capabilities, and `find`
 * throws an AppError with the reason. Later requests for a cluster try again, because the kubeconfig may be written
 * after the start.
 */
export function openConfiguredClusters(config: ApiConfig, log: Log): Omit<Clusters, 'default'> {
  let found: Clusters | undefined
  let lastError: AppError | undefined
  let attemptedAt = Number.NEGATIVE_INFINITY
  const find = (): Clusters => {
    if (found) return found
    if (lastError && performance.now() - attemptedAt < RETRY_INTERVAL_MS) throw lastError
    attemptedAt = performance.now()
    try {
      found = openConfigured(config, log)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message: detail, hint } = error
      if (detail !== lastError?.message) log.warn({ detail, hint }, 'no cluster can be opened')
      lastError = error
      throw error
    }
    if (lastError) log.info({ clusters: found.names }, 'clusters opened')
    return found
  }
  return {
    get names() {
      return found?.names ?? []
    },
    find: (name) => find().find(name),
    warmUp: async () => {
      try {
        await find().warmUp()
      } catch (error) {
        // The request that needs the cluster reports the error.
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
