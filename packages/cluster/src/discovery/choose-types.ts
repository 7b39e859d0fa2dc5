import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { Discovery } from '../cluster-source.ts'
import type { DiscoveredResource, RawDiscovery } from './discovered-resource.ts'
import { hasValidNames, filterValidNames } from './has-valid-names.ts'
import { guessOrigin } from './guess-origin.ts'

/**
 * One entry a group and plural, at the first version in the group's order that serves it: preference is per
 * resource, not per group. Types without `list` hold no objects and are not scannable.
 */
export function chooseTypes(raw: RawDiscovery): Discovery {
  const chosen = selectPreferredVersions(raw.resources)
  const unavailable = raw.unavailable.map(({ group, reason }) => ({
    group: toPlainText(group, 253),
    reason: toPlainText(reason, 300),
  }))
  const discovery: Discovery = { types: [], unscannable: [], unavailable }
  for (const name of [...chosen.keys()].toSorted()) {
    const resource = chosen.get(name)
    if (!resource) continue
    const reason = unscannable(name, resource, chosen)
    if (reason) discovery.unscannable.push({ resource: toPlainText(name, 253), reason })
    else discovery.types.push(asType(resource))
  }
  return discovery
}

/** The chosen version of each resource, by its name. */
export function selectPreferredVersions(
  resources: DiscoveredResource[],
): Map<string, DiscoveredResource> {
  const chosen = new Map<string, DiscoveredResource>()
  for (const resource of resources) {
    const name = resourceName(resource)
    if (!chosen.has(name)) chosen.set(name, resource)
  }
  return chosen
}

function unscannable(
  name: string,
  resource: DiscoveredResource,
  all: ReadonlyMap<string, DiscoveredResource>,
): string | undefined {
  if (!resource.verbs.includes('list')) return 'holds no objects: it cannot be listed'
  if (!hasValidNames(resource)) return 'has names that Kubernetes does not allow'
  // One object under two names; the newer group describes it.
  if (name === 'events' && all.has('events.events.k8s.io')) {
    return 'the same objects as events.events.k8s.io'
  }
  return undefined
}

function asType({ subresources: _subresources, ...resource }: DiscoveredResource): ResourceType {
  const { group, singular, shortNames, categories } = resource
  return {
    ...resource,
    singular: filterValidNames([singular])[0] ?? '',
    shortNames: filterValidNames(shortNames),
    categories: filterValidNames(categories),
    verbs: filterValidNames(resource.verbs),
    origin: guessOrigin(group),
  }
}
