import type { DiscoveredResource } from '../discovery/discovered-resource.ts'
import { isSchema, toText, type JsonSchema } from '../reduce/json-schema.ts'

const COLLECTION =
  /^\/(?:api|apis\/([a-z0-9.-]+))\/([a-z0-9]+)\/(namespaces\/\{namespace\}\/)?([a-z0-9.-]+)$/
const METHODS = ['get', 'put', 'post', 'delete', 'patch']
/** What OpenAPI calls a verb, and discovery does not. */
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
 * Resources that an OpenAPI v3 document has paths for: plurals are read, never guessed. Short names and categories
 * are not in such a document.
 */
export function listOpenApiResources(document: JsonSchema): DiscoveredResource[] {
  const paths = isSchema(document['paths']) ? document['paths'] : {}
  const found = new Map<string, DiscoveredResource>()
  for (const path of Object.keys(paths)) {
    const resource = resourceAt(paths, path)
    if (!resource) continue
    const key = `${resource.version}/${resource.plural}`
    // A namespaced type has a second collection path, of all namespaces.
    if (found.has(key) && resource.scope === 'Cluster') continue
    found.set(key, resource)
  }
  return [...found.values()]
}

function resourceAt(paths: JsonSchema, path: string): DiscoveredResource | undefined {
  const match = COLLECTION.exec(path)
  const kind = kindOf(paths[path])
  if (!match || kind === undefined) return undefined
  const [, group = '', version = '', namespaced, plural = ''] = match
  return {
    group,
    version,
    plural,
    kind,
    scope: namespaced === undefined ? 'Cluster' : 'Namespaced',
    singular: kind.toLowerCase(),
    verbs: verbsOf(paths, path),
    shortNames: [],
    categories: [],
    subresources: subresourcesOf(paths, path),
  }
}

/** The kind that the operations of a collection are about. */
function kindOf(item: unknown): string | undefined {
  if (!isSchema(item)) return undefined
  for (const method of METHODS) {
    const operation = item[method]
    const about = isSchema(operation) ? operation['x-kubernetes-group-version-kind'] : undefined
    if (isSchema(about) && typeof about['kind'] === 'string') return about['kind']
  }
  return undefined
}

function verbsOf(paths: JsonSchema, path: string): string[] {
  const items = [paths[path], paths[`${path}/{name}`]].filter(isSchema)
  const actions = items.flatMap((item) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return isSchema(operation) ? [toText(operation['x-kubernetes-action'])] : []
    }),
  )
  return [...new Set(actions.flatMap((action) => VERBS[action] ?? []))].toSorted()
}

function subresourcesOf(paths: JsonSchema, path: string): string[] {
  const prefix = `${path}/{name}/`
  return Object.keys(paths)
    .filter((one) => one.startsWith(prefix) && !one.slice(prefix.length).includes('/'))
    .map((one) => one.slice(prefix.length))
}
