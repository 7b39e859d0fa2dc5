import {
  AGGREGATED_DISCOVERY_TYPE,
  renderAggregatedDiscovery,
} from '../discovery/aggregated-discovery.ts'
import type { DiscoveredGroup } from '../discovery/discovered-group.ts'
import { renderGroup, renderGroupList, renderResourceList } from '../discovery/legacy-discovery.ts'
import { hashSha512 } from '../crds/stored-crd.ts'
import type { Faults } from '../faults.ts'
import { acceptsForm } from './parse-accept.ts'
import type { ClusterExchange } from './cluster-exchange.ts'
import { createFailureReply, createJsonReply, type ClusterReply } from './cluster-reply.ts'

/** GET /api: the core group. */
export function answerCore(exchange: ClusterExchange): ClusterReply {
  const { core } = exchange.view.builtIn
  if (wantsAggregated(exchange)) return createAggregatedReply([core])
  const serverAddressByClientCIDRs = [
    { clientCIDR: '0.0.0.0/0', serverAddress: exchange.request.headers.host ?? '' },
  ]
  const versions = core.versions.map(({ version }) => version)
  return createJsonReply({ kind: 'APIVersions', versions, serverAddressByClientCIDRs }, VARY)
}

/** GET /apis: all named groups. */
export function answerGroups(exchange: ClusterExchange): ClusterReply {
  const { groups } = exchange.view
  return wantsAggregated(exchange)
    ? createAggregatedReply(groups)
    : createJsonReply(renderGroupList(groups), VARY)
}

/** GET /apis/<group>. */
export function answerGroup({ view }: ClusterExchange, [name]: string[]): ClusterReply {
  const group = view.groups.find(({ metadata }) => metadata.name === name)
  return group ? createJsonReply(renderGroup(group)) : createNotFoundReply()
}

/** GET /api/v1 and /apis/<group>/<version>: the resources of one version, including subresources. */
export function answerResources({ view, faults }: ClusterExchange, parts: string[]): ClusterReply {
  const [version = '', name] = parts.toReversed()
  const group = name === undefined ? view.builtIn.core : findGroup(view.groups, name)
  if (name !== undefined && isDown(name, faults)) return createUnavailableReply()
  const found = group?.versions.find((candidate) => candidate.version === version)
  if (!found) return createNotFoundReply()
  return createJsonReply(
    renderResourceList(name === undefined ? version : `${name}/${version}`, found.resources),
  )
}

/** Whether a fault takes the aggregated API server of a group down. */
export function isDown(group: string, { failingGroups, droppedGroups }: Faults): boolean {
  return [failingGroups, droppedGroups].some((groups) => groups?.includes(group))
}

/** Response for a group whose aggregated API server is down. */
export function createUnavailableReply(): ClusterReply {
  return createFailureReply(503, 'ServiceUnavailable', 'service unavailable')
}

export function createNotFoundReply(): ClusterReply {
  return createFailureReply(404, 'NotFound', 'the server could not find the requested resource')
}

const VARY = { vary: 'Accept' }

function wantsAggregated({ accepted, faults }: ClusterExchange): boolean {
  if (faults.legacyOnly) return false
  return acceptsForm(accepted, 'APIGroupDiscoveryList', 'apidiscovery.k8s.io', 'v2')
}

function createAggregatedReply(groups: DiscoveredGroup[]): ClusterReply {
  const body = renderAggregatedDiscovery(groups)
  const etag = `"${hashSha512(body)}"`
  return createJsonReply(body, {
    ...VARY,
    'content-type': AGGREGATED_DISCOVERY_TYPE,
    'cache-control': 'public',
    etag,
  })
}

function findGroup(groups: DiscoveredGroup[], name: string): DiscoveredGroup | undefined {
  return groups.find(({ metadata }) => metadata.name === name)
}
