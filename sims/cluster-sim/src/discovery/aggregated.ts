import type { DiscoveredGroup } from './discovered-group.ts'

/** Media type of aggregated discovery, as a server names it in its answers. */
export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** The answer of /api or /apis to a client that asks for aggregated discovery. */
export function aggregated(groups: DiscoveredGroup[]): string {
  return JSON.stringify({
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups,
  })
}
