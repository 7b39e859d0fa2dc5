import { buildObjectSchemas } from '../openapi/object-schemas.ts'
import { SHARED_SCHEMAS } from '../openapi/shared-schemas.ts'
import type { BuiltInGroup } from './built-in-group.ts'
import { expandRefs, findRefs } from './expand-refs.ts'

type Schemas = Record<string, unknown>

/** OpenAPI documents of the built-in groups. Each one contains every schema that its types reference. */
export function buildBuiltInDocuments(files: BuiltInGroup[]): Map<string, Buffer> {
  const names = new Map<string, string>()
  for (const { schemas, schemaPrefix } of files) {
    for (const name of Object.keys(schemas)) names.set(name, `${schemaPrefix}.v1.${name}`)
  }
  const shapes: Schemas = { ...SHARED_SCHEMAS }
  for (const { schemas } of files) {
    for (const [name, schema] of Object.entries(schemas)) {
      shapes[names.get(name) ?? name] = expandRefs(schema, names)
    }
  }
  const documents = new Map<string, Buffer>()
  for (const file of files) {
    for (const version of new Set(file.types.flatMap((type) => type.versions))) {
      const path = file.group === '' ? `api/${version}` : `apis/${file.group}/${version}`
      documents.set(
        path,
        renderDocument(addReferencedSchemas(buildTypeSchemas(file, version, names), shapes)),
      )
    }
  }
  return documents
}

function buildTypeSchemas(
  file: BuiltInGroup,
  version: string,
  names: Map<string, string>,
): Schemas {
  const schemas: Schemas = {}
  for (const { kind, schema } of file.types.filter((type) => type.versions.includes(version))) {
    const name = `${file.schemaPrefix}.${version}.${kind}`
    const type = { group: file.group, version, kind }
    Object.assign(schemas, buildObjectSchemas(name, type, expandRefs(schema, names)))
  }
  return schemas
}

function addReferencedSchemas(schemas: Schemas, shapes: Schemas): Schemas {
  const all = { ...schemas }
  const missing = [...findRefs(schemas)]
  for (let name = missing.pop(); name !== undefined; name = missing.pop()) {
    if (name in all) continue
    if (!(name in shapes)) throw new Error(`no schema is named ${name}`)
    all[name] = shapes[name]
    missing.push(...findRefs(shapes[name]))
  }
  return all
}

function renderDocument(schemas: Schemas): Buffer {
  const info = { title: 'Kubernetes', version: 'unversioned' }
  return Buffer.from(JSON.stringify({ openapi: '3.0.0', info, paths: {}, components: { schemas } }))
}
