import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ChooseProxy } from '@capstan/shared/http/proxy-rules'
import type { ClusterSource } from './cluster-source.ts'
import type { Clusters } from './clusters.ts'
import { createFileSource, type FileSourceOptions } from './files/file-source.ts'
import { createKubeClient } from './kube/kube-client.ts'
import { createKubeSource } from './kube-source.ts'
import { misconfiguredError } from './kube/misconfigured-error.ts'
import { openInClusterAuth } from './kube/open-kube-auth.ts'
import type { AllowExec } from './kube/vet-plugin.ts'
import { openContexts } from './open-contexts.ts'
import { warmUpSource } from './warm-up-source.ts'

export interface ClusterConfig {
  /** Like $KUBECONFIG: one path or several. Default: ~/.kube/config if it exists. */
  kubeconfig?: string | undefined
  /** Context of the kubeconfig. Default: its current context. */
  context?: string | undefined
  /** A folder, or files separated by commas. They replace the cluster. */
  clusterFiles?: string | undefined
  /** Whether this process runs in a pod and may use its service account. */
  inCluster: boolean
  /**
   * true trusts the kubeconfig completely: plugins, files in any folder, servers without certificate checks. `known` allows
   * known credential plugins only.
   */
  allowExec: AllowExec
  /** Environment of credential plugins, which are searched in its PATH. Default: empty. */
  environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Home folder for `~` and the default kubeconfig. Default: the user's. Empty: none. */
  homeDir?: string | undefined
  /** Maximum tokens of an outline. Default 1,500, enough for 99 of 100 types. */
  outlineTokens?: number | undefined
  /** Proxies of this process. Default: none. A `proxy-url` in the kubeconfig has precedence. */
  chooseProxy?: ChooseProxy | undefined
  /**
   * Receives each warning once, such as a missing file of KUBECONFIG or a skipped definition in a file. Default: warnings are
   * dropped.
   */
  onWarning?: ((warning: string) => void) | undefined
}

const OUTLINE_TOKENS = 1500
const NO_PROXY: ChooseProxy = () => undefined

/**
 * Opens the configured clusters: files, else the kubeconfig, else the cluster of the pod. Sends no request. Throws AppError
 * CLUSTER_MISCONFIGURED if there is none or the default one must not be used. It can be called again after a failure.
 */
export function openClusters(config: ClusterConfig): Clusters {
  const { environment = {}, onWarning = () => undefined } = config
  const { outlineTokens: budgetTokens = OUTLINE_TOKENS, chooseProxy = NO_PROXY } = config
  if (config.clusterFiles) {
    return openFiles({ paths: splitPaths(config.clusterFiles), budgetTokens, onWarning })
  }
  const homeDir = resolveHome(config)
  const paths = config.kubeconfig || defaultKubeconfigPath(homeDir)
  if (paths) {
    const { context, allowExec } = config
    const trust = { allowExec, environment, homeDir }
    return openContexts(paths, { context, ...trust, budgetTokens, chooseProxy, onWarning })
  }
  if (config.inCluster) return openInCluster(chooseProxy, budgetTokens)
  throw misconfiguredError(
    'No cluster is configured',
    'Set KUBECONFIG, or CAPSTAN_CLUSTER_FILES to a folder of CRD manifests, or run Capstan in a cluster.',
  )
}

function splitPaths(clusterFiles: string): string[] {
  const parts = clusterFiles.split(',').map((path) => path.trim())
  return parts.filter((path) => path !== '')
}

function resolveHome({ homeDir = homedir() }: ClusterConfig): string | undefined {
  return homeDir === '' ? undefined : homeDir
}

function openFiles(options: FileSourceOptions): Clusters {
  return openSingle(createFileSource(options), async () => {})
}

function openInCluster(chooseProxy: ChooseProxy, budgetTokens: number): Clusters {
  const source = createKubeSource({
    name: 'in-cluster',
    origin: 'the cluster this pod runs in, with its service account',
    client: createKubeClient(() => openInClusterAuth({ chooseProxy })),
    budgetTokens,
  })
  return openSingle(source, () => warmUpSource(source))
}

function openSingle(source: ClusterSource, warmUp: Clusters['warmUp']): Clusters {
  return {
    default: source,
    names: [source.name],
    find: (name = 'default') => (name === 'default' || name === source.name ? source : undefined),
    warmUp,
    close: () => source.close(),
  }
}

function defaultKubeconfigPath(homeDir: string | undefined): string | undefined {
  const path = homeDir && join(homeDir, '.kube', 'config')
  return path && existsSync(path) ? path : undefined
}
