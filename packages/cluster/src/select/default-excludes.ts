const PER_OBJECT = 'written by controllers for other objects, never by users'

/** Types that a scan skips unless it names them, with the reason for each. */
export const DEFAULT_EXCLUDES: ReadonlyMap<string, string> = new Map([
  ['events', 'a log of what happened, no capability'],
  ['events.events.k8s.io', 'a log of what happened, no capability'],
  ['componentstatuses', 'deprecated since Kubernetes 1.19'],
  ['endpoints', PER_OBJECT],
  ['endpointslices.discovery.k8s.io', PER_OBJECT],
  ['controllerrevisions.apps', PER_OBJECT],
  ['leases.coordination.k8s.io', 'heartbeats and locks of components'],
  ['leasecandidates.coordination.k8s.io', 'heartbeats and locks of components'],
  ['csinodes.storage.k8s.io', PER_OBJECT],
  ['csistoragecapacities.storage.k8s.io', PER_OBJECT],
  ['ipaddresses.networking.k8s.io', PER_OBJECT],
  ['storageversions.internal.apiserver.k8s.io', PER_OBJECT],
  ['nodes.metrics.k8s.io', 'measurements, no capability'],
  ['pods.metrics.k8s.io', 'measurements, no capability'],
])
