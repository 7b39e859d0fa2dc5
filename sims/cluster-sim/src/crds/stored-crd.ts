import { createHash } from 'node:crypto'
import type { DiscoveredResource } from '../discovery/discovered-group.ts'
import { resourceOfCrd } from '../discovery/resource-of-crd.ts'
import { conditions, type InstallStep } from './conditions.ts'
import type { CrdManifest } from './crd-manifest.ts'
import { managedFields } from './managed-fields.ts'

/**
 * A CRD as the server keeps it: text, not objects, because 1,600 parsed CRDs take many times the memory
 * of their 65 MB of JSON and are only ever sent on.
 */
export interface StoredCrd {
  name: string
  uid: string
  generation: number
  resourceVersion: number
  group: string
  /** Only the served versions. */
  versions: { name: string; schemaHash: string; resource: DiscoveredResource }[]
  /** The item as a list carries it: without kind and apiVersion. */
  json: string
  metadataJson: string
  specHash: string
}

export interface Identity {
  uid: string
  generation: number
  resourceVersion: number
  createdAt: string
}

/** Adds what a server adds to a manifest. `step` is how far its installation has come. */
export function storeCrd(manifest: CrdManifest, identity: Identity, step: InstallStep): StoredCrd {
  const spec = completeSpec(manifest)
  const metadata = {
    name: manifest.metadata.name,
    uid: identity.uid,
    resourceVersion: String(identity.resourceVersion),
    generation: identity.generation,
    creationTimestamp: identity.createdAt,
    ...kept(manifest.metadata, 'labels'),
    ...kept(manifest.metadata, 'annotations'),
    managedFields: managedFields(manifest, identity.createdAt),
    ...(step === 'terminating'
      ? { deletionTimestamp: identity.createdAt, finalizers: [CLEANUP_FINALIZER] }
      : {}),
  }
  const served = manifest.spec.versions.filter((version) => version.served)
  return {
    name: metadata.name,
    uid: identity.uid,
    generation: identity.generation,
    resourceVersion: identity.resourceVersion,
    group: manifest.spec.group,
    versions: served.map((version) => ({
      name: version.name,
      schemaHash: sha512(JSON.stringify(version)),
      resource: resourceOfCrd(manifest, version),
    })),
    json: JSON.stringify({ metadata, spec, status: statusOf(spec, step, identity.createdAt) }),
    metadataJson: JSON.stringify(metadata),
    specHash: sha512(JSON.stringify(spec)),
  }
}

/** The same CRD with the status of another step. */
export function atStep(crd: StoredCrd, resourceVersion: number, step: InstallStep): StoredCrd {
  const { metadata, spec } = JSON.parse(crd.json)
  const next = { ...metadata, resourceVersion: String(resourceVersion) }
  const status = statusOf(spec, step, metadata.creationTimestamp)
  return {
    ...crd,
    resourceVersion,
    json: JSON.stringify({ metadata: next, spec, status }),
    metadataJson: JSON.stringify(next),
  }
}

const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

function completeSpec({ spec }: CrdManifest) {
  const { kind } = spec.names
  return {
    conversion: { strategy: 'None' },
    ...spec,
    names: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...spec.names },
  }
}

function statusOf(spec: ReturnType<typeof completeSpec>, step: InstallStep, at: string) {
  const storedVersions = spec.versions.filter((version) => version.storage).map(({ name }) => name)
  // Nothing is accepted yet in the first event of a new CRD; a real server then sends null.
  if (step === 'created')
    return { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions }
  return { conditions: conditions(step, at), acceptedNames: spec.names, storedVersions }
}

function kept(metadata: CrdManifest['metadata'], key: 'labels' | 'annotations') {
  return metadata[key] === undefined ? {} : { [key]: metadata[key] }
}

export function sha512(text: string | Buffer): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase()
}
