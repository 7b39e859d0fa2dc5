import type { Definition } from '../../packages/shared/src/contract/definition.ts'
import { resourceName } from '../../packages/shared/src/contract/resource-type.ts'
import { compareApiVersions } from '../../packages/cluster/src/discovery/compare-api-versions.ts'
import { findFiles } from '../../packages/cluster/src/files/find-files.ts'
import { readDefinitionFile } from '../../packages/cluster/src/files/read-definition-file.ts'
import { readDocuments } from '../../packages/cluster/src/files/read-documents.ts'
import { CustomResourceDefinition } from '../../packages/cluster/src/reduce/custom-resource-definition.ts'
import { isSchema, type JsonSchema } from '../../packages/cluster/src/reduce/json-schema.ts'
import { indexTypeSchemas } from '../../packages/cluster/src/reduce/reduce-openapi.ts'
import type { TypeSchema } from '../../packages/cluster/src/reduce/type-schema.ts'
import { findFieldType } from './find-field-type.ts'

/** A type that the files define. */
export interface DefinedType {
  definition: Definition
  /** Served versions, the preferred one first. */
  versions: string[]
  /** Types of the wanted fields. Undefined: the definition has no such field. */
  fields: Map<string, string | undefined>
}

export interface DefinedTypes {
  /** By resource name. */
  types: Map<string, DefinedType>
  /** Definitions that cannot be used. */
  warnings: string[]
}

/** The outline budget of a cluster without settings of its own. */
const OUTLINE_TOKENS = 1500

/**
 * Reads CRD manifests and OpenAPI v3 documents in files and folders with the code that reads them in a scan.
 * @param wantedFields Field paths by resource name.
 */
export async function readDefinedTypes(
  paths: string[],
  wantedFields: ReadonlyMap<string, readonly string[]>,
): Promise<DefinedTypes> {
  const found = await findFiles(paths)
  const result: DefinedTypes = { types: new Map(), warnings: [...found.warnings] }
  for (const file of found.files) {
    const content = readDefinitionFile(file.path, file.name, OUTLINE_TOKENS)
    result.warnings.push(...content.warnings)
    const findSchema = indexSchemas(readDocuments(file.path, () => undefined))
    for (const reduced of content.reduced) {
      if ('fault' in reduced) {
        result.warnings.push(`${file.name}: ${reduced.resource}: ${reduced.fault}`)
        continue
      }
      const { definition } = reduced
      const found = findSchema(definition)
      const fields = (wantedFields.get(reduced.resource) ?? []).map((path) => {
        const type = found.schema && findFieldType(found.schema, path)
        return [path, type] as const
      })
      addType(result.types, { definition, versions: found.versions, fields: new Map(fields) })
    }
  }
  return result
}

interface FoundSchema {
  schema: TypeSchema | undefined
  versions: string[]
}

/** Finds the schema that a definition was reduced from in the objects of its file. */
function indexSchemas(objects: JsonSchema[]): (definition: Definition) => FoundSchema {
  const crds = new Map<string, CustomResourceDefinition>()
  for (const object of objects) {
    if (object['kind'] !== 'CustomResourceDefinition') continue
    const parsed = CustomResourceDefinition.safeParse(object)
    if (!parsed.success) continue
    const { group, names } = parsed.data.spec
    crds.set(resourceName({ group, plural: names.plural }), parsed.data)
  }
  const documents = objects
    .filter((object) => typeof object['openapi'] === 'string')
    .map((document) => indexTypeSchemas(document))
  return ({ type }) => {
    const crd = crds.get(resourceName(type))
    if (crd) return findInCrd(crd, type.version)
    const schemas = documents.map((find) => find(type))
    return { schema: schemas.find((schema) => schema !== undefined), versions: [type.version] }
  }
}

function findInCrd({ spec }: CustomResourceDefinition, version: string): FoundSchema {
  const schema = spec.versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema
  const served = spec.versions.filter((one) => one.served).map(({ name }) => name)
  return {
    schema: isSchema(schema) ? { root: schema, named: {} } : undefined,
    versions: served.toSorted(compareApiVersions),
  }
}

/** An OpenAPI document has one version of a type. The definition of the preferred version counts. */
function addType(types: Map<string, DefinedType>, added: DefinedType): void {
  const name = resourceName(added.definition.type)
  const known = types.get(name)
  if (!known) return void types.set(name, added)
  const versions = [...new Set([...known.versions, ...added.versions])].toSorted(compareApiVersions)
  const isPreferred = versions[0] === added.definition.type.version
  types.set(name, { ...(isPreferred ? added : known), versions })
}
