import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { compareApiVersions } from '../discovery/compare-api-versions.ts'
import type { VersionedResource } from '../discovery/versioned-resource.ts'
import { guessOrigin } from '../discovery/guess-origin.ts'
import {
  CustomResourceDefinition,
  type CrdVersionSpec,
} from '../reduce/custom-resource-definition.ts'
import { isSchema, asTexts, toText, type JsonSchema } from '../reduce/json-schema.ts'
import { reduceCrd } from '../reduce/reduce-crd.ts'
import { reduceOpenApi } from '../reduce/reduce-openapi.ts'
import type { FileContent } from '../reduce/reducer-tasks.ts'
import { findCrdFault } from './find-crd-fault.ts'
import { readDocuments, type Warn } from './read-documents.ts'
import { listOpenApiResources } from './list-openapi-resources.ts'

const CRD_GROUP = 'apiextensions.k8s.io/'
const SERVED_VERSION = `${CRD_GROUP}v1`

/**
 * Reads and reduces CRD manifests (YAML documents, JSON or a List) or an OpenAPI v3 document. Skips objects of other kinds,
 * which release bundles contain. An unusable definition is a warning that begins with `name`.
 */
export function readDefinitionFile(path: string, name: string, budgetTokens: number): FileContent {
  const content: FileContent = { resources: [], crds: [], reduced: [], warnings: [] }
  const warn: Warn = (fault) => {
    content.warnings.push(`${name}: ${fault}`)
    return undefined
  }
  for (const object of readDocuments(path, warn)) addObject(content, object, budgetTokens, warn)
  return content
}

function addObject(
  content: FileContent,
  object: JsonSchema,
  budgetTokens: number,
  warn: Warn,
): void {
  try {
    if (object['kind'] === 'CustomResourceDefinition') addCrd(content, object, budgetTokens, warn)
    else if (typeof object['openapi'] === 'string') addOpenApi(content, object, budgetTokens)
  } catch {
    warn(`holds a definition${readBracketedName(object)} that cannot be read`)
  }
}

function addCrd(content: FileContent, object: JsonSchema, budgetTokens: number, warn: Warn): void {
  const apiVersion = toText(object['apiVersion'])
  // Other projects have kinds of the same name.
  if (apiVersion !== '' && !apiVersion.startsWith(CRD_GROUP)) return
  if (apiVersion !== '' && apiVersion !== SERVED_VERSION) {
    const version = toPlainText(apiVersion, 60)
    return warn(
      `the definition${readBracketedName(object)} is of ${version}, which Kubernetes 1.22 and later do not serve; convert it to ${SERVED_VERSION}`,
    )
  }
  const crd = CustomResourceDefinition.parse(object)
  const fault = findCrdFault(crd)
  const version = selectVersion(crd.spec.versions)
  if (fault !== undefined || !version) {
    return warn(`the definition${readBracketedName(object)} is left out: ${fault ?? 'no version'}`)
  }
  const resource = toResource(crd, version)
  const { subresources: _subresources, ...type } = resource
  const definition = reduceCrd(crd, { ...type, origin: 'crd' }, budgetTokens)
  content.resources.push(resource)
  content.crds.push(resourceName(type))
  if (!definition) return
  content.reduced.push({ resource: resourceName(type), sourceKey: undefined, definition })
}

/** The name of an object in brackets, as plain text because it is untrusted. */
function readBracketedName({ metadata }: JsonSchema): string {
  const name = isSchema(metadata) ? toPlainText(toText(metadata['name']), 100) : ''
  return name === '' ? '' : ` (${name})`
}

function addOpenApi(content: FileContent, document: JsonSchema, budgetTokens: number): void {
  const resources = listOpenApiResources(document)
  const wanted = resources.map(({ subresources, ...resource }) => ({
    type: { ...resource, origin: guessOrigin(resource.group) },
    subresources,
  }))
  content.reduced.push(...reduceOpenApi(document, wanted, () => undefined, budgetTokens))
  content.resources.push(...resources)
}

function selectVersion(versions: CrdVersionSpec[]): CrdVersionSpec | undefined {
  return versions
    .filter(({ served }) => served)
    .toSorted(
      (a, b) => Number(a.deprecated) - Number(b.deprecated) || compareApiVersions(a.name, b.name),
    )[0]
}

/** The resource that discovery would return for a CRD. */
function toResource(
  { spec }: CustomResourceDefinition,
  version: CrdVersionSpec,
): VersionedResource {
  const { plural, kind, singular, shortNames, categories } = spec.names
  return {
    group: spec.group,
    version: version.name,
    plural,
    kind,
    scope: spec.scope,
    singular: singular || kind.toLowerCase(),
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    shortNames: asTexts(shortNames),
    categories: asTexts(categories),
    subresources: Object.keys(version.subresources ?? {}),
  }
}
