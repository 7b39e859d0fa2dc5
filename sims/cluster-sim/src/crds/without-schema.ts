import { CrdManifest } from './crd-manifest.ts'
import { KIND_OF_CRD } from './crd-store.ts'
import { sha512, type StoredCrd } from './stored-crd.ts'

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** The CRD as it would be had its author published no schema. */
export function withoutSchema(crd: StoredCrd): StoredCrd {
  const item: object = JSON.parse(crd.json)
  const { spec } = CrdManifest.parse({ ...KIND_OF_CRD, ...item })
  const versions = spec.versions.map((version) => ({
    ...version,
    schema: { openAPIV3Schema: ANYTHING },
  }))
  return {
    ...crd,
    json: JSON.stringify({ ...item, spec: { ...spec, versions } }),
    versions: crd.versions.map((version) => ({
      ...version,
      schemaHash: sha512(`schemaless ${version.schemaHash}`),
    })),
  }
}
