import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { Discovery } from '../cluster-source.ts'
import type { VersionedResource, RawDiscovery } from './versioned-resource.ts'
import { hasValidNames, filterValidNames } from './has-valid-names.ts'
import { guessOrigin } from './guess-origin.ts'

/**
 * Chooses one version of each resource: the first version, in the order of its group, that serves it. Types without the verb
 * `list` have no objects and are not scannable.
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
    const reason = findUnscannableReason(name, resource, chosen)
    if (reason) discovery.unscannable.push({ resource: toPlainText(name, 253), reason })
    else discovery.types.push(toResourceType(resource))
  }
  return discovery
}

/** The chosen version of each resource, by its name. */
export function selectPreferredVersions(
  resources: VersionedResource[],
): Map<string, VersionedResource> {
  const chosen = new Map<string, VersionedResource>()
  for (const resource of resources) {
    const name = resourceName(resource)
    if (!chosen.has(name)) chosen.set(name, resource)
  }
  return chosen
}

function findUnscannableReason(
  name: string,
  resource: VersionedResource,
  all: ReadonlyMap<string, VersionedResource>,
): string | undefined {
  if (!resource.verbs.includes('list')) return 'holds no objects: it cannot be listed'
  if (!hasValidNames(resource)) return 'has names that Kubernetes does not allow'
  // Both resources serve the same objects; the newer group is scanned.
  if (name === 'events' && all.has('events.events.k8s.io')) {
    return 'the same objects as events.events.k8s.io'
  }
  return undefined
}

function toResourceType({
  subresources: _subresources,
  ...resource
}: VersionedResource): ResourceType {
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
