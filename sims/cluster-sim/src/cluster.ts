import { apiServicesOf, type ApiService } from './api-services.ts'
import type { BuiltIn } from './built-in.ts'
import type { CrdStore } from './crds/crd-store.ts'
import type { StoredCrd } from './crds/stored-crd.ts'
import { withoutSchema } from './crds/without-schema.ts'
import type { DiscoveredGroup } from './discovery/discovered-group.ts'
import { groupsOfCrds } from './discovery/groups-of-crds.ts'
import type { Faults } from './faults.ts'
import { crdDocuments, type CrdDocument } from './openapi/crd-document.ts'
import { sha512 } from './crds/stored-crd.ts'

/** A cluster's types as they look from outside at one moment: store plus faults. */
export interface ClusterView {
  builtIn: BuiltIn
  /** Built-in groups first, then those of CRDs by name. */
  groups: DiscoveredGroup[]
  apiServices: ApiService[]
  documents: Map<string, CrdDocument>
}

/** What the server shows now. Expensive for large clusters, so kept until the store or the faults change. */
export function createView(store: CrdStore): (builtIn: BuiltIn, faults: Faults) => ClusterView {
  let kept: { revision: number; faults: Faults; builtIn: BuiltIn; view: ClusterView } | undefined
  return (builtIn, faults) => {
    const { revision } = store
    if (kept?.revision !== revision || kept.faults !== faults || kept.builtIn !== builtIn) {
      kept = { revision, faults, builtIn, view: viewOf(builtIn, store.list() ?? [], faults) }
    }
    return kept.view
  }
}

function viewOf(builtIn: BuiltIn, stored: StoredCrd[], faults: Faults): ClusterView {
  const crds = stored
    .filter(({ name }) => !faults.notEstablished?.includes(name))
    .map((crd) => (faults.schemaless?.includes(crd.name) ? withoutSchema(crd) : crd))
  const all = [...builtIn.groups, ...groupsOfCrds(crds)]
  const groups = all
    .filter(({ metadata }) => !faults.droppedGroups?.includes(metadata.name ?? ''))
    .map((group) => asSeen(group, faults))
  const documents = new Map<string, CrdDocument>()
  for (const [path, text] of builtIn.documents) {
    documents.set(path, { hash: sha512(text), text: () => text.toString() })
  }
  for (const [path, document] of crdDocuments(crds)) documents.set(path, document)
  return { builtIn, groups, apiServices: apiServicesOf(builtIn, all, faults), documents }
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
