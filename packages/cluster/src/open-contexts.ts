import type { ChooseProxy } from '@capstan/shared/http/proxy-rules'
import type { ClusterSource } from './cluster-source.ts'
import type { Clusters } from './clusters.ts'
import { createKubeClient } from './kube/kube-client.ts'
import { createKubeSource } from './kube-source.ts'
import { misconfiguredError } from './kube/misconfigured-error.ts'
import { openContextAuth } from './kube/open-kube-auth.ts'
import { readKubeconfig, type KubeContext, type Kubeconfig } from './kube/read-kubeconfig.ts'
import { vetContext, type VetOptions, type VettedContext } from './kube/vet-context.ts'
import { warmUpSource } from './warm-up-source.ts'

export interface ContextOptions extends VetOptions {
  context?: string | undefined
  budgetTokens: number
  chooseProxy: ChooseProxy
  onWarning: (warning: string) => void
}

/**
 * The contexts of a kubeconfig. `paths` has the form of $KUBECONFIG. Throws AppError CLUSTER_MISCONFIGURED if it cannot be
 * read or its chosen context must not be used. Other contexts are opened and checked on first use.
 */
export function openContexts(paths: string, options: ContextOptions): Clusters {
  const kubeconfig = readKubeconfig(paths, options.homeDir)
  const opened = new Map<string, ClusterSource>()
  const open = (context: KubeContext): ClusterSource => {
    const source = opened.get(context.name) ?? openContext(paths, kubeconfig, context, options)
    opened.set(context.name, source)
    return source
  }
  const chosen = open(chooseContext(kubeconfig, options.context))
  for (const path of kubeconfig.missing) {
    options.onWarning(`KUBECONFIG names ${path}, which does not exist`)
  }
  return {
    default: chosen,
    names: [...kubeconfig.contexts.keys()],
    find: (name) => {
      const context = kubeconfig.contexts.get(name ?? '')
      if (context) return open(context)
      return name === undefined || name === 'default' ? chosen : undefined
    },
    warmUp: () => warmUpSource(chosen),
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
      // After a 401 the kubeconfig is read again: a login may have written it.
      const current = vetted ?? vetContext(readContext(paths, name, options.homeDir), options)
      vetted = undefined
      return openContextAuth(current, options)
    }),
    budgetTokens: options.budgetTokens,
  })
}

function readContext(paths: string, name: string, homeDir: string | undefined): KubeContext {
  return chooseContext(readKubeconfig(paths, homeDir), name)
}

function chooseContext({ contexts, current, files }: Kubeconfig, requested?: string): KubeContext {
  const only = contexts.size === 1 ? contexts.keys().next().value : undefined
  const name = requested || (current ?? only)
  const context = contexts.get(name ?? '')
  if (context) return context
  const names = [...contexts.keys()].slice(0, 20).join(', ') || 'none'
  const what = name === undefined ? 'no current context' : `no context "${name}"`
  throw misconfiguredError(
    `The kubeconfig ${files.join(', ')} has ${what}`,
    `Set CAPSTAN_CONTEXT to one of its contexts: ${names}.`,
  )
}
