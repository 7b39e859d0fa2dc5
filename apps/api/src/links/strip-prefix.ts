/**
 * Removes a prefix that a proxy has kept in the URL. Some proxies remove it themselves, so it is removed only before
 * the first segment of one of the `routes`.
 */
export function stripPrefix(url: string, prefix: string, routes: ReadonlySet<string>): string {
  if (prefix === '' || !url.startsWith(prefix)) return url
  const rest = url.slice(prefix.length)
  const path = rest.split('?', 1)[0] ?? ''
  if (path === '' || path === '/') return rest.startsWith('/') ? rest : `/${rest}`
  if (!path.startsWith('/')) return url
  return routes.has(path.split('/', 2)[1] ?? '') ? rest : url
}
