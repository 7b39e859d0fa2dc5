import { listApiServices, type ApiService } from './api-services.ts'
import type { BuiltIn } from './built-in.ts'
import type { CrdStore } from './crds/crd-store.ts'
import type { StoredCrd } from './crds/stored-crd.ts'
import { removeSchema } from './crds/remove-schema.ts'
import type { DiscoveredGroup } from './discovery/discovered-group.ts'
import { groupCrds } from './discovery/group-crds.ts'
import type { Faults } from './faults.ts'
import { buildCrdDocuments, type CrdDocument } from './openapi/crd-document.ts'
import { hashSha512 } from './crds/stored-crd.ts'

/** The visible types of a cluster at one moment: the store with faults applied. */
export interface ClusterView {
  builtIn: BuiltIn
  /** Built-in groups first, then groups of CRDs by name. */
  groups: DiscoveredGroup[]
  apiServices: ApiService[]
  documents: Map<string, CrdDocument>
}

/** Returns the current view. It is expensive for large clusters, so it is cached until store or faults change. */
export function createView(store: CrdStore): (builtIn: BuiltIn, faults: Faults) => ClusterView {
  let kept: { revision: number; faults: Faults; builtIn: BuiltIn; view: ClusterView } | undefined
  return (builtIn, faults) => {
    const { revision } = store
    if (kept?.revision !== revision || kept.faults !== faults || kept.builtIn !== builtIn) {
      kept = { revision, faults, builtIn, view: buildView(builtIn, store.list() ?? [], faults) }
    }
    return kept.view
  }
}

function buildView(builtIn: BuiltIn, stored: StoredCrd[], faults: Faults): ClusterView {
  const crds = stored
    .filter(({ name }) => !faults.notEstablished?.includes(name))
    .map((crd) => (faults.schemaless?.includes(crd.name) ? removeSchema(crd) : crd))
  const all = [...builtIn.groups, ...groupCrds(crds)]
  const groups = all
    .filter(({ metadata }) => !faults.droppedGroups?.includes(metadata.name ?? ''))
    .map((group) => asSeen(group, faults))
  const documents = new Map<string, CrdDocument>()
  for (const [path, text] of builtIn.documents) {
    documents.set(path, { hash: hashSha512(text), text: () => text.toString() })
  }
  for (const [path, document] of buildCrdDocuments(crds)) documents.set(path, document)
  return { builtIn, groups, apiServices: listApiServices(builtIn, all, faults), documents }
}

function asSeen(group: DiscoveredGroup, faults: Faults): DiscoveredGroup {
  const name = group.metadata.name ?? ''
  const failing = faults.failingGroups?.includes(name) ?? false
  if (!failing && !faults.staleGroups?.includes(name)) return group
  const versions = group.versions.map((version) => ({
    ...version,
    resources: failing ? [] : version.resources,
    freshness: 'Stale' as const,
  }))
  return { ...group, versions }
}
