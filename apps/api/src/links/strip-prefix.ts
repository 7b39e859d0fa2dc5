/**
 * The URL of a request without the prefix that a proxy kept. A proxy that removes the prefix itself sends paths of the
 * server, which stay as they are: the prefix is only removed before the first segment of one of its `routes`.
 */
export function stripPrefix(url: string, prefix: string, routes: ReadonlySet<string>): string {
  if (prefix === '' || !url.startsWith(prefix)) return url
  const rest = url.slice(prefix.length)
  const path = rest.split('?', 1)[0] ?? ''
  if (path === '' || path === '/') return rest.startsWith('/') ? rest : `/${rest}`
  if (!path.startsWith('/')) return url
  return routes.has(path.split('/', 2)[1] ?? '') ? rest : url
}
