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
  /** As $KUBECONFIG: one path or several. Without it, ~/.kube/config if that exists. */
  kubeconfig?: string | undefined
  /** Context of the kubeconfig in place of its current one. */
  context?: string | undefined
  /** A folder, or files with commas between: read in place of any cluster. */
  clusterFiles?: string | undefined
  /** This process runs in a pod and may use its service account. */
  inCluster: boolean
  /**
   * true trusts the kubeconfig in full: its plugins, files from anywhere, no check of the server. `known` allows only
   * programs that are known to be credential plugins.
   */
  allowExec: AllowExec
  /** Given to credential plugins, which are looked up in its PATH. Default: empty. */
  environment?: Readonly<Record<string, string | undefined>> | undefined
  /** For ~ and the usual place of the kubeconfig. Default: the user's. Empty: none. */
  homeDir?: string | undefined
  /** Tokens an outline may cost: 1,500 hold all but the longest in a hundred. */
  outlineTokens?: number | undefined
  /** Proxies of this process. Default: none. A `proxy-url` of the kubeconfig goes before. */
  chooseProxy?: ChooseProxy | undefined
  /**
   * Called once for each thing that the operator should know, and for which nothing fails: a missing file of KUBECONFIG,
   * a definition in a file that is left out. Default: not reported.
   */
  onWarning?: ((warning: string) => void) | undefined
}

const OUTLINE_TOKENS = 1500
const REACH_DIRECTLY: ChooseProxy = () => undefined

/**
 * Finds the clusters to look at: files, else the kubeconfig, else the pod's own. Asks none of them yet. Throws
 * AppError CLUSTER_MISCONFIGURED when there is none, or the default one must not be used; it may be called again then.
 */
export function openClusters(config: ClusterConfig): Clusters {
  const { environment = {}, onWarning = () => undefined } = config
  const { outlineTokens: budgetTokens = OUTLINE_TOKENS, chooseProxy = REACH_DIRECTLY } = config
  if (config.clusterFiles) {
    return openFiles({ places: splitPlaces(config.clusterFiles), budgetTokens, onWarning })
  }
  const homeDir = findHome(config)
  const paths = config.kubeconfig || usualPath(homeDir)
  if (paths) {
    const { context, allowExec } = config
    const trust = { allowExec, environment, homeDir }
    return openContexts(paths, { context, ...trust, budgetTokens, chooseProxy, onWarning })
  }
  if (config.inCluster) return openOwnCluster(chooseProxy, budgetTokens)
  throw misconfiguredError(
    'No cluster is configured',
    'Set KUBECONFIG, or CAPSTAN_CLUSTER_FILES to a folder of CRD manifests, or run Capstan in a cluster.',
  )
}

function splitPlaces(clusterFiles: string): string[] {
  const places = clusterFiles.split(',').map((place) => place.trim())
  return places.filter((place) => place !== '')
}

function findHome({ homeDir = homedir() }: ClusterConfig): string | undefined {
  return homeDir === '' ? undefined : homeDir
}

function openFiles(options: FileSourceOptions): Clusters {
  return openSingle(createFileSource(options), async () => {})
}

function openOwnCluster(chooseProxy: ChooseProxy, budgetTokens: number): Clusters {
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
    named: (name = 'default') => (name === 'default' || name === source.name ? source : undefined),
    warmUp,
    close: () => source.close(),
  }
}

function usualPath(homeDir: string | undefined): string | undefined {
  const path = homeDir && join(homeDir, '.kube', 'config')
  return path && existsSync(path) ? path : undefined
}
