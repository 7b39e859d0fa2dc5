import type { ResourceType } from '@capstan/shared/contract/resource-type'

/** Groups of the API server itself. CRDs can have groups under `.k8s.io` too, such as gateway.networking.k8s.io. */
const BUILTIN = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])
/** Groups of the usual aggregated API servers. */
const AGGREGATED = /(?:^|\.)metrics\.k8s\.io$/

/** Guesses the origin of the types of a group from its name. The list of CRDs corrects it. */
export function guessOrigin(group: string): ResourceType['origin'] {
  if (BUILTIN.has(group)) return 'builtin'
  return AGGREGATED.test(group) ? 'aggregated' : 'crd'
}
