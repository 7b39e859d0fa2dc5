import type { DiscoveredGroup } from './discovered-group.ts'

/** Media type of aggregated discovery as a server writes it in responses. */
export const AGGREGATED_DISCOVERY_TYPE =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Renders the response of /api or /apis for a client that accepts aggregated discovery. */
export function renderAggregatedDiscovery(groups: DiscoveredGroup[]): string {
  return JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups,
  })
}
