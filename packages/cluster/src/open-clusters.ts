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
import { vetContext, type VetOptions, type VettedContext } from './kube/vet-context.ts'
import type { AllowExec } from './kube/vet-plugin.ts'

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
}

/** The clusters this process may look at. */
export interface Clusters {
  readonly default: ClusterSource
  /** What `named` knows: contexts of the kubeconfig, `in-cluster` or `files`. */
  readonly names: string[]
  /** For the operator, such as a missing file of KUBECONFIG. */
  readonly warnings: string[]
  /**
   * Without a name the configured one; `default` means it as well, unless a context has that name. Undefined for an
   * unknown name; AppError CLUSTER_MISCONFIGURED for a context that must not be used as it is.
   */
  named(name?: string): ClusterSource | undefined
  /** Loads what talking to the default cluster takes. Blocks for up to a second, so call it before requests are served. */
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
    const { environment = {}, ...rest } = config
    return openContexts(paths, { ...rest, environment, homeDir, budgetTokens, chooseProxy })
  }
  if (!config.inCluster) throw nothingConfigured()
  const source = createKubeSource({
    name: 'in-cluster',
    origin: 'the cluster this pod runs in, with its service account',
    client: createKubeClient(() => openInClusterAuth({ chooseProxy })),
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
    warnings: [],
    named: (name = 'default') => (name === 'default' || name === source.name ? source : undefined),
    prepare,
    close: () => source.close(),
  }
}

interface ContextOptions extends VetOptions {
  context?: string | undefined
  budgetTokens: number
  chooseProxy: ChooseProxy
}

function openContexts(paths: string, options: ContextOptions): Clusters {
  const kubeconfig = readKubeconfig(paths, options.homeDir)
  const opened = new Map<string, ClusterSource>()
  const open = (context: KubeContext): ClusterSource => {
    const source = opened.get(context.name) ?? openContext(paths, kubeconfig, context, options)
    opened.set(context.name, source)
    return source
  }
  const chosen = open(chooseContext(kubeconfig, options.context))
  return {
    default: chosen,
    names: [...kubeconfig.contexts.keys()],
    warnings: kubeconfig.missing.map((path) => `KUBECONFIG names ${path}, which does not exist`),
    named: (name) => {
      const context = kubeconfig.contexts.get(name ?? '')
      if (context) return open(context)
      return name === undefined || name === 'default' ? chosen : undefined
    },
    prepare: () => prepare(chosen),
    close: async () => {
      await Promise.all([...opened.values()].map((source) => source.close()))
    },
  }
}

function openContext(
  paths: string,
  kubeconfig: Kubeconfig,
  context: KubeContext,
  options: ContextOptions,
): ClusterSource {
  const { name } = context
  let vetted: VettedContext | undefined = vetContext(context, options)
  return createKubeSource({
    name,
    origin: `kubeconfig ${kubeconfig.files.join(', ')}, context ${name}`,
    client: createKubeClient(async () => {
      // Opened again after a 401: a login may have written the kubeconfig since.
      const usable = vetted ?? vetContext(readContext(paths, name, options.homeDir), options)
      vetted = undefined
      return openContextAuth(usable, options)
    }),
    budgetTokens: options.budgetTokens,
  })
}

function readContext(paths: string, name: string, homeDir: string | undefined): KubeContext {
  return chooseContext(readKubeconfig(paths, homeDir), name)
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
