import type { VersionedResource } from '../discovery/versioned-resource.ts'
import { isSchema, toText, type JsonSchema } from '../reduce/json-schema.ts'

const COLLECTION =
  /^\/(?:api|apis\/([a-z0-9.-]+))\/([a-z0-9]+)\/(namespaces\/\{namespace\}\/)?([a-z0-9.-]+)$/
const METHODS = ['get', 'put', 'post', 'delete', 'patch']
/** Verbs of discovery by action name in OpenAPI. */
const VERBS: Record<string, string> = {
  post: 'create',
  put: 'update',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deletecollection',
  get: 'get',
  list: 'list',
  watch: 'watch',
  watchlist: 'watch',
}

/**
 * Resources with collection paths in an OpenAPI v3 document. Plurals are read from the paths. Such documents have no short
 * names or categories.
 */
export function listOpenApiResources(document: JsonSchema): VersionedResource[] {
  const paths = isSchema(document['paths']) ? document['paths'] : {}
  const found = new Map<string, VersionedResource>()
  for (const path of Object.keys(paths)) {
    const resource = readResource(paths, path)
    if (!resource) continue
    const key = `${resource.version}/${resource.plural}`
    // A namespaced type has a second collection path, for all namespaces.
    if (found.has(key) && resource.scope === 'Cluster') continue
    found.set(key, resource)
  }
  return [...found.values()]
}

function readResource(paths: JsonSchema, path: string): VersionedResource | undefined {
  const match = COLLECTION.exec(path)
  const kind = readKind(paths[path])
  if (!match || kind === undefined) return undefined
  const [, group = '', version = '', namespaced, plural = ''] = match
  return {
    group,
    version,
    plural,
    kind,
    scope: namespaced === undefined ? 'Cluster' : 'Namespaced',
    singular: kind.toLowerCase(),
    verbs: listVerbs(paths, path),
    shortNames: [],
    categories: [],
    subresources: listSubresources(paths, path),
  }
}

/** The kind in the operations of a collection. */
function readKind(item: unknown): string | undefined {
  if (!isSchema(item)) return undefined
  for (const method of METHODS) {
    const operation = item[method]
    const groupVersionKind = isSchema(operation)
      ? operation['x-kubernetes-group-version-kind']
      : undefined
    if (isSchema(groupVersionKind) && typeof groupVersionKind['kind'] === 'string') {
      return groupVersionKind['kind']
    }
  }
  return undefined
}

function listVerbs(paths: JsonSchema, path: string): string[] {
  const items = [paths[path], paths[`${path}/{name}`]].filter(isSchema)
  const actions = items.flatMap((item) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return isSchema(operation) ? [toText(operation['x-kubernetes-action'])] : []
    }),
  )
  return [...new Set(actions.flatMap((action) => VERBS[action] ?? []))].toSorted()
}

function listSubresources(paths: JsonSchema, path: string): string[] {
  const prefix = `${path}/{name}/`
  return Object.keys(paths)
    .filter((one) => one.startsWith(prefix) && !one.slice(prefix.length).includes('/'))
    .map((one) => one.slice(prefix.length))
}
