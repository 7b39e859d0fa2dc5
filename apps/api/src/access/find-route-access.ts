import { ROUTE_ROLES, type RouteAccess } from './route-roles.ts'

const SUBTREES = Object.entries(ROUTE_ROLES).flatMap(([key, access]) => {
  const [method = '', pattern = ''] = key.split(' ')
  return pattern.endsWith('*') ? [{ method, root: pattern.slice(0, -1), access }] : []
})

/** Returns the role of a route. Throws an Error for a route that the table does not list. */
export function findRouteAccess(method: string, pattern: string): RouteAccess {
  const listed = method === 'HEAD' ? 'GET' : method
  const access = ROUTE_ROLES[`${listed} ${pattern}`] ?? findSubtree(listed, pattern)?.access
  if (access) return access
  throw new Error(`${method} ${pattern} has no entry in access/route-roles.ts`)
}

function findSubtree(method: string, pattern: string) {
  return SUBTREES.find(
    (tree) =>
      (tree.method === '*' || tree.method === method) &&
      (pattern === tree.root || pattern.startsWith(`${tree.root}/`)),
  )
}
