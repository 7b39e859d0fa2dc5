import { AGGREGATED, aggregated } from '../discovery/aggregated.ts'
import type { DiscoveredGroup } from '../discovery/discovered-group.ts'
import { groupAnswer, groupList, resourceList } from '../discovery/legacy.ts'
import { sha512 } from '../crds/stored-crd.ts'
import type { Faults } from '../faults.ts'
import { asksFor } from './accepts.ts'
import type { Exchange } from './exchange.ts'
import { failure, json, type Reply } from './reply.ts'

/** GET /api: the core group. */
export function answerCore(exchange: Exchange): Reply {
  const { core } = exchange.view.builtIn
  if (wantsAggregated(exchange)) return aggregatedReply([core])
  const serverAddressByClientCIDRs = [
    { clientCIDR: '0.0.0.0/0', serverAddress: exchange.request.headers.host ?? '' },
  ]
  const versions = core.versions.map(({ version }) => version)
  return json({ kind: 'APIVersions', versions, serverAddressByClientCIDRs }, VARY)
}

/** GET /apis: all named groups. */
export function answerGroups(exchange: Exchange): Reply {
  const { groups } = exchange.view
  return wantsAggregated(exchange) ? aggregatedReply(groups) : json(groupList(groups), VARY)
}

/** GET /apis/<group>. */
export function answerGroup({ view }: Exchange, [name]: string[]): Reply {
  const group = view.groups.find(({ metadata }) => metadata.name === name)
  return group ? json(groupAnswer(group)) : notFound()
}

/** GET /api/v1 and /apis/<group>/<version>: the resources of one version, subresources among them. */
export function answerResources({ view, faults }: Exchange, parts: string[]): Reply {
  const [version = '', name] = parts.toReversed()
  const group = name === undefined ? view.builtIn.core : named(view.groups, name)
  if (name !== undefined && isDown(name, faults)) return unavailable()
  const found = group?.versions.find((candidate) => candidate.version === version)
  if (!found) return notFound()
  return json(resourceList(name === undefined ? version : `${name}/${version}`, found.resources))
}

/** Whether the server of a group does not answer. */
export function isDown(group: string, { failingGroups, droppedGroups }: Faults): boolean {
  return [failingGroups, droppedGroups].some((groups) => groups?.includes(group))
}

/** What a client is told of a group whose own server does not answer. */
export function unavailable(): Reply {
  return failure(503, 'ServiceUnavailable', 'service unavailable')
}

export function notFound(): Reply {
  return failure(404, 'NotFound', 'the server could not find the requested resource')
}

const VARY = { vary: 'Accept' }

function wantsAggregated({ accepted, faults }: Exchange): boolean {
  if (faults.legacyOnly) return false
  return asksFor(accepted, 'APIGroupDiscoveryList', 'apidiscovery.k8s.io', 'v2')
}

function aggregatedReply(groups: DiscoveredGroup[]): Reply {
  const body = aggregated(groups)
  const etag = `"${sha512(body)}"`
  return json(body, { ...VARY, 'content-type': AGGREGATED, 'cache-control': 'public', etag })
}

function named(groups: DiscoveredGroup[], name: string): DiscoveredGroup | undefined {
  return groups.find(({ metadata }) => metadata.name === name)
}
