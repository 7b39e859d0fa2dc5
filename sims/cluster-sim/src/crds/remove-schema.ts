import { CrdManifest } from './crd-manifest.ts'
import { CRD_KIND } from './crd-store.ts'
import { hashSha512, type StoredCrd } from './stored-crd.ts'

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** The CRD as it would look without a published schema. */
export function removeSchema(crd: StoredCrd): StoredCrd {
  const item: object = JSON.parse(crd.json)
  const { spec } = CrdManifest.parse({ ...CRD_KIND, ...item })
  const versions = spec.versions.map((version) => ({
    ...version,
    schema: { openAPIV3Schema: ANYTHING },
  }))
  return {
    ...crd,
    json: JSON.stringify({ ...item, spec: { ...spec, versions } }),
    versions: crd.versions.map((version) => ({
      ...version,
      schemaHash: hashSha512(`schemaless ${version.schemaHash}`),
    })),
  }
}
