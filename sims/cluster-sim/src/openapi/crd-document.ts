import { CrdManifest, type CrdManifestVersion } from '../crds/crd-manifest.ts'
import { CRD_KIND } from '../crds/crd-store.ts'
import { hashSha512, type StoredCrd } from '../crds/stored-crd.ts'
import { buildObjectSchemas } from './object-schemas.ts'
import { buildListPath } from './build-list-path.ts'
import { SHARED_SCHEMAS } from './shared-schemas.ts'

/** An OpenAPI document of custom types. The hash is cheap; the text is rendered on request. */
export interface CrdDocument {
  hash: string
  text(): string
}

/** The documents of all CRDs by `apis/<group>/<version>`. */
export function buildCrdDocuments(crds: StoredCrd[]): Map<string, CrdDocument> {
  const members = new Map<string, { crd: StoredCrd; schemaHash: string }[]>()
  for (const crd of crds) {
    for (const { name, schemaHash } of crd.versions) {
      const path = `apis/${crd.group}/${name}`
      members.set(path, [...(members.get(path) ?? []), { crd, schemaHash }])
    }
  }
  const documents = new Map<string, CrdDocument>()
  for (const [path, parts] of members) {
    const version = path.slice(path.lastIndexOf('/') + 1)
    documents.set(path, {
      hash: hashSha512([path, ...parts.map(({ schemaHash }) => schemaHash)].join('\n')),
      text: () =>
        renderDocument(
          parts.map(({ crd }) => crd),
          version,
        ),
    })
  }
  return documents
}

function renderDocument(crds: StoredCrd[], version: string): string {
  const paths: Record<string, unknown> = {}
  const schemas: Record<string, unknown> = {}
  for (const crd of crds) {
    const manifest = CrdManifest.parse({ ...CRD_KIND, ...JSON.parse(crd.json) })
    Object.assign(paths, buildListPath(manifest, version))
    Object.assign(schemas, buildSchemas(manifest, version))
  }
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths,
    components: { schemas: { ...schemas, ...SHARED_SCHEMAS } },
  })
}

function buildSchemas({ spec }: CrdManifest, version: string): Record<string, unknown> {
  const type = { group: spec.group, version, kind: spec.names.kind }
  const name = `${spec.group.split('.').toReversed().join('.')}.${version}.${type.kind}`
  const served = spec.versions.find((candidate) => candidate.name === version)
  const schema = served?.schema?.openAPIV3Schema
  if (schema) return buildObjectSchemas(name, type, { ...schema, ...listSelectableFields(served) })
  // Without properties: with only apiVersion and kind, readers would report other fields as errors.
  return { [name]: { type: 'object', 'x-kubernetes-group-version-kind': [type] } }
}

function listSelectableFields({
  selectableFields: fields,
}: CrdManifestVersion): Record<string, unknown> {
  if (!fields?.length) return {}
  const paths = fields.map(({ jsonPath }) => ({ fieldPath: jsonPath.replace(/^\./, '') }))
  return { 'x-kubernetes-selectable-fields': paths }
}
