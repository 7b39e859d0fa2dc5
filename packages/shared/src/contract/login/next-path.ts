/** Control characters and backslashes, which browsers remove or read as slashes. */
// oxlint-disable-next-line eslint/no-control-regex -- matches control characters
const UNSAFE = /[\u0000-\u0020\u007F\\]/u
const MAX_LENGTH = 1_000
/** Any origin; only its path counts. */
const BASE = 'https://capstan.invalid'

/**
 * Returns the page to open after a login: `next` if it is a path of this server below `prefix`, else `fallback`. Anything
 * else could lead to another site.
 */
export function chooseNextPath(next: string | undefined, prefix: string, fallback: string): string {
  if (next === undefined || next.length > MAX_LENGTH || UNSAFE.test(next)) return fallback
  const url = URL.parse(next, BASE)
  if (url?.origin !== BASE) return fallback
  // Dots may lead out of the prefix, so the resolved path counts as well.
  const isOwn = [next, url.pathname].every((path) => isBelow(path, prefix))
  return isOwn && !url.pathname.startsWith(`${prefix}/ui/login`) ? next : fallback
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(`${prefix}/`) && !path.startsWith('//')
}
