import { createHash } from 'node:crypto'
import type { DiscoveredResource } from '../discovery/discovered-group.ts'
import { describeCrdResource } from '../discovery/describe-crd-resource.ts'
import { buildConditions, type InstallStep } from './conditions.ts'
import type { CrdManifest } from './crd-manifest.ts'
import { buildManagedFields } from './managed-fields.ts'

/**
 * A CRD as the server stores it: as text, because 1,600 parsed CRDs take many times the memory of their 65 MB
 * of JSON and are only sent.
 */
export interface StoredCrd {
  name: string
  uid: string
  generation: number
  resourceVersion: number
  group: string
  /** Only the served versions. */
  versions: { name: string; schemaHash: string; resource: DiscoveredResource }[]
  /** The item as in a list: without kind and apiVersion. */
  json: string
  metadataJson: string
  specHash: string
}

export interface CrdIdentity {
  uid: string
  generation: number
  resourceVersion: number
  createdAt: string
}

/** Adds the fields that a server adds to a manifest. `step` is the progress of its installation. */
export function storeCrd(
  manifest: CrdManifest,
  identity: CrdIdentity,
  step: InstallStep,
): StoredCrd {
  const spec = completeSpec(manifest)
  const metadata = {
    name: manifest.metadata.name,
    uid: identity.uid,
    resourceVersion: String(identity.resourceVersion),
    generation: identity.generation,
    creationTimestamp: identity.createdAt,
    ...copyIfSet(manifest.metadata, 'labels'),
    ...copyIfSet(manifest.metadata, 'annotations'),
    managedFields: buildManagedFields(manifest, identity.createdAt),
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
      schemaHash: hashSha512(JSON.stringify(version)),
      resource: describeCrdResource(manifest, version),
    })),
    json: JSON.stringify({ metadata, spec, status: buildStatus(spec, step, identity.createdAt) }),
    metadataJson: JSON.stringify(metadata),
    specHash: hashSha512(JSON.stringify(spec)),
  }
}

/** The same CRD with the status of another step. */
export function setInstallStep(
  crd: StoredCrd,
  resourceVersion: number,
  step: InstallStep,
): StoredCrd {
  const { metadata, spec } = JSON.parse(crd.json)
  const next = { ...metadata, resourceVersion: String(resourceVersion) }
  const status = buildStatus(spec, step, metadata.creationTimestamp)
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

function buildStatus(spec: ReturnType<typeof completeSpec>, step: InstallStep, at: string) {
  const storedVersions = spec.versions.filter((version) => version.storage).map(({ name }) => name)
  // The first event of a new CRD has no accepted names; a real server sends null.
  if (step === 'created')
    return { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions }
  return { conditions: buildConditions(step, at), acceptedNames: spec.names, storedVersions }
}

function copyIfSet(metadata: CrdManifest['metadata'], key: 'labels' | 'annotations') {
  return metadata[key] === undefined ? {} : { [key]: metadata[key] }
}

export function hashSha512(text: string | Buffer): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase()
}
