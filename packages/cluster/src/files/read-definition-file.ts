import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { compareVersions } from '../discovery/compare-versions.ts'
import type { FoundResource } from '../discovery/found-resource.ts'
import { originOf } from '../discovery/origin-of.ts'
import { CrdFacts, type CrdVersion } from '../reduce/crd-facts.ts'
import { isSchema, strings, type JsonSchema } from '../reduce/json-schema.ts'
import { reduceCrd } from '../reduce/reduce-crd.ts'
import { reduceOpenApi } from '../reduce/reduce-openapi.ts'
import type { FileContent } from '../reduce/tasks.ts'
import { resourcesOfOpenApi } from './resources-of-openapi.ts'

/**
 * Reads and reduces a file of CRD manifests (YAML with any number of documents, JSON, or a List) or an OpenAPI v3
 * document. Objects of other kinds are passed over, as release bundles are full of them.
 */
export function readDefinitionFile(path: string, budgetTokens: number): FileContent {
  const content: FileContent = { resources: [], reduced: [], warnings: [] }
  for (const document of readDocuments(path, content.warnings)) {
    for (const object of objectsOf(document)) addObject(content, object, budgetTokens, path)
  }
  return content
}

function readDocuments(path: string, warnings: string[]): unknown[] {
  const name = basename(path)
  try {
    const text = new TextDecoder().decode(readFileSync(path))
    if (path.endsWith('.json')) return [JSON.parse(text)]
    return parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent' }).flatMap(
      (document, index): unknown[] => {
        if ('errors' in document && document.errors.length === 0) return [document.toJS()]
        warnings.push(`${name}: document ${index + 1} is not valid YAML`)
        return []
      },
    )
  } catch {
    warnings.push(`${name}: cannot be read as YAML or JSON`)
    return []
  }
}

/** Items of lists have no kind of their own when a server made the list. */
function objectsOf(document: unknown): JsonSchema[] {
  if (!isSchema(document)) return []
  const { kind, items } = document
  if (!Array.isArray(items) || typeof kind !== 'string' || !kind.endsWith('List')) return [document]
  const itemKind = kind.slice(0, -'List'.length)
  return items.filter(isSchema).map((item) => ({ kind: itemKind, ...item }))
}

function addObject(
  content: FileContent,
  object: JsonSchema,
  budgetTokens: number,
  path: string,
): void {
  try {
    if (object['kind'] === 'CustomResourceDefinition') addCrd(content, object, budgetTokens)
    else if (typeof object['openapi'] === 'string') addOpenApi(content, object, budgetTokens)
  } catch {
    content.warnings.push(`${basename(path)}: holds a definition that cannot be read`)
  }
}

function addCrd(content: FileContent, object: JsonSchema, budgetTokens: number): void {
  const crd = CrdFacts.parse(object)
  const version = preferredVersion(crd.spec.versions)
  if (!version) return
  const resource = resourceOfCrd(crd, version)
  const { subresources: _subresources, ...type } = resource
  const definition = reduceCrd(crd, { ...type, origin: 'crd' }, budgetTokens)
  content.resources.push(resource)
  if (!definition) return
  content.reduced.push({ resource: resourceName(type), sourceKey: undefined, definition })
}

function addOpenApi(content: FileContent, document: JsonSchema, budgetTokens: number): void {
  const resources = resourcesOfOpenApi(document)
  const wanted = resources.map(({ subresources, ...resource }) => ({
    type: { ...resource, origin: originOf(resource.group) },
    subresources,
  }))
  content.reduced.push(...reduceOpenApi(document, wanted, () => undefined, budgetTokens))
  content.resources.push(...resources)
}

function preferredVersion(versions: CrdVersion[]): CrdVersion | undefined {
  return versions
    .filter(({ served }) => served)
    .toSorted(
      (a, b) => Number(a.deprecated) - Number(b.deprecated) || compareVersions(a.name, b.name),
    )[0]
}

/** What discovery would say of it. */
function resourceOfCrd({ spec }: CrdFacts, version: CrdVersion): FoundResource {
  const { plural, kind, singular, shortNames, categories } = spec.names
  return {
    group: spec.group,
    version: version.name,
    plural,
    kind,
    scope: spec.scope,
    singular: singular || kind.toLowerCase(),
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    shortNames: strings(shortNames),
    categories: strings(categories),
    subresources: Object.keys(version.subresources ?? {}),
  }
}
