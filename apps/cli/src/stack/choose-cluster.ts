import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Environment } from './environment.ts'

/** The cluster that the API scans. `text` is for the banner. */
export type ClusterChoice =
  | { kind: 'demo'; text: string }
  | { kind: 'kubeconfig'; path: string; text: string }
  | { kind: 'in-cluster' | 'files'; text: string }

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Chooses the requested cluster, then the one that this machine is configured for, then the demo cluster. */
export function chooseCluster(environment: Environment, demoRequested: boolean): ClusterChoice {
  const { CAPSTAN_CLUSTER_FILES: files, KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST } = environment
  if (demoRequested) return { kind: 'demo', text: 'the demo cluster, simulated (--demo)' }
  if (files) return { kind: 'files', text: `the CRD manifests in ${files}` }
  const usual = HOME ? join(HOME, '.kube', 'config') : undefined
  const path = KUBECONFIG ?? (usual && existsSync(usual) ? usual : undefined)
  if (path) return describeKubeconfigChoice(path, environment['CAPSTAN_CONTEXT'])
  if (KUBERNETES_SERVICE_HOST && existsSync(SERVICE_ACCOUNT)) {
    return {
      kind: 'in-cluster',
      text: 'the cluster that Capstan runs in, through its service account',
    }
  }
  return {
    kind: 'demo',
    text: 'the demo cluster, simulated (no kubeconfig found; set KUBECONFIG for a real cluster)',
  }
}

function describeKubeconfigChoice(path: string, requested: string | undefined): ClusterChoice {
  const files = path.split(delimiter).filter((file) => file !== '')
  const missing = files.filter((file) => !existsSync(file))
  const contexts = files.flatMap((file) => readCurrentContext(file) ?? [])
  const context = requested ?? contexts[0]
  const named = context ? `context ${context} of ` : ''
  const fault = missing.length > 0 ? `; not found: ${missing.join(', ')}` : ''
  return {
    kind: 'kubeconfig',
    path,
    text: `${named}${path}${fault} (another one: --cluster NAME; simulated: --demo)`,
  }
}

/** For the banner only. The API reports an invalid kubeconfig when it uses it. */
function readCurrentContext(file: string): string | undefined {
  try {
    const parsed = z
      .object({ 'current-context': z.string().min(1) })
      .safeParse(parse(readFileSync(file, 'utf8')))
    return parsed.data?.['current-context']
  } catch {
    return undefined
  }
}
