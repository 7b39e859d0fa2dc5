import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ChooseProxy } from '@capstan/shared/http/proxy-rules'
import type { ClusterSource } from './cluster-source.ts'
import { createFileSource } from './files/file-source.ts'
import { createKubeClient } from './kube/kube-client.ts'
import { createKubeSource } from './kube-source.ts'
import { misconfigured } from './kube/misconfigured.ts'
import { loadLibrary, openContextAuth, openInClusterAuth } from './kube/open-kube-auth.ts'
import { readKubeconfig, type KubeContext, type Kubeconfig } from './kube/read-kubeconfig.ts'
import { vetContext } from './kube/vet-context.ts'

export interface ClusterConfig {
  /** As $KUBECONFIG: one path or several. Without it, ~/.kube/config if that exists. */
  kubeconfig?: string | undefined
  /** Context of the kubeconfig in place of its current one. */
  context?: string | undefined
  /** A folder, or files with commas between: read in place of any cluster. */
  clusterFiles?: string | undefined
  /** This process runs in a pod and may use its service account. */
  inCluster: boolean
  /** Trust the kubeconfig in full: its plugins, files from anywhere, no check of the server. */
  allowExec: boolean
  /** For ~ and the usual place of the kubeconfig. Default: the user's. Empty: none. */
  homeDir?: string | undefined
  /** Tokens an outline may cost: 1,500 hold all but the longest in a hundred. */
  outlineTokens?: number | undefined
  /** Proxies of this process. Default: none. A `proxy-url` of the kubeconfig goes before. */
  chooseProxy?: ChooseProxy | undefined
}

/** The clusters this process may look at. */
export interface Clusters {
  readonly default: ClusterSource
  /** What `named` knows: contexts of the kubeconfig, `in-cluster` or `files`. */
  readonly names: string[]
  /**
   * `default` is the configured one. Undefined for a name nobody has configured; AppError CLUSTER_MISCONFIGURED for
   * a context that must not be used as it is.
   */
  named(name: string): ClusterSource | undefined
  /** Loads what talking to the default cluster takes. Blocks for up to a second, so call it before anybody is served. */
  prepare(): Promise<void>
  close(): Promise<void>
}

const OUTLINE_TOKENS = 1500
const REACH_DIRECTLY: ChooseProxy = () => undefined

/**
 * Finds the clusters to look at: files, else the kubeconfig, else the pod's own. Asks none of them yet. Throws
 * AppError CLUSTER_MISCONFIGURED when there is none, or the default one must not be used.
 */
export function openClusters(config: ClusterConfig): Clusters {
  const { outlineTokens: budgetTokens = OUTLINE_TOKENS, chooseProxy = REACH_DIRECTLY } = config
  if (config.clusterFiles) {
    const places = config.clusterFiles.split(',').map((place) => place.trim())
    const source = createFileSource(
      places.filter((place) => place !== ''),
      budgetTokens,
    )
    return single(source, async () => {})
  }
  const homeDir = (config.homeDir ?? homedir()) || undefined
  const paths = config.kubeconfig || usualPath(homeDir)
  if (paths) {
    const options = { ...config, homeDir, budgetTokens, chooseProxy }
    return contextsOf(readKubeconfig(paths, homeDir), options)
  }
  if (!config.inCluster) throw nothingConfigured()
  const source = createKubeSource({
    name: 'in-cluster',
    origin: 'the cluster this pod runs in, with its service account',
    client: createKubeClient(() => openInClusterAuth(chooseProxy)),
    budgetTokens,
  })
  return single(source, () => prepare(source))
}

/** The thread first: it loads beside the library. */
async function prepare(source: ClusterSource): Promise<void> {
  source.prepare?.()
  await loadLibrary()
}

function single(source: ClusterSource, prepare: Clusters['prepare']): Clusters {
  return {
    default: source,
    names: [source.name],
    named: (name) => (name === 'default' || name === source.name ? source : undefined),
    prepare,
    close: () => source.close(),
  }
}

interface ContextOptions {
  context?: string | undefined
  allowExec: boolean
  homeDir: string | undefined
  budgetTokens: number
  chooseProxy: ChooseProxy
}

function contextsOf(kubeconfig: Kubeconfig, options: ContextOptions): Clusters {
  const opened = new Map<string, ClusterSource>()
  const open = (context: KubeContext): ClusterSource => {
    const source = opened.get(context.name) ?? openContext(kubeconfig, context, options)
    opened.set(context.name, source)
    return source
  }
  const chosen = open(chooseContext(kubeconfig, options.context))
  return {
    default: chosen,
    names: [...kubeconfig.contexts.keys()],
    named: (name) => {
      if (name === 'default') return chosen
      const context = kubeconfig.contexts.get(name)
      return context && open(context)
    },
    prepare: () => prepare(chosen),
    close: async () => {
      await Promise.all([...opened.values()].map((source) => source.close()))
    },
  }
}

function openContext(
  kubeconfig: Kubeconfig,
  context: KubeContext,
  { allowExec, homeDir, budgetTokens, chooseProxy }: ContextOptions,
): ClusterSource {
  const vetted = vetContext(context, { trusted: allowExec, homeDir })
  return createKubeSource({
    name: context.name,
    origin: `kubeconfig ${kubeconfig.files.join(', ')}, context ${context.name}`,
    client: createKubeClient(() => openContextAuth(vetted, chooseProxy)),
    budgetTokens,
  })
}

function chooseContext({ contexts, current, files }: Kubeconfig, asked?: string): KubeContext {
  const only = contexts.size === 1 ? contexts.keys().next().value : undefined
  const name = asked || (current ?? only)
  const context = contexts.get(name ?? '')
  if (context) return context
  const names = [...contexts.keys()].slice(0, 20).join(', ') || 'none'
  const what = name === undefined ? 'no current context' : `no context "${name}"`
  throw misconfigured(
    `The kubeconfig ${files.join(', ')} has ${what}`,
    `Set CAPSTAN_CONTEXT to one of its contexts: ${names}.`,
  )
}

function usualPath(homeDir: string | undefined): string | undefined {
  const path = homeDir && join(homeDir, '.kube', 'config')
  return path && existsSync(path) ? path : undefined
}

function nothingConfigured() {
  return misconfigured(
    'No cluster is configured',
    'Set KUBECONFIG, or CAPSTAN_CLUSTER_FILES to a folder of CRD manifests, or run Capstan in a cluster.',
  )
}
