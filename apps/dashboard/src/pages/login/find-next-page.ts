import { chooseNextPath } from '@capstan/shared/contract/login/next-path'
import { place, toHref } from '../../router/location.ts'

/**
 * Path of the page to open after the login: `next` of /ui/login if it is a page of this server, else the present page, which
 * shows the login in its place.
 */
export function findNextPage(): string {
  const start = toHref('')
  const { pathname, search } = globalThis.location
  const next = place.value.path === 'login' ? place.value.query.get('next') : pathname + search
  return chooseNextPath(next ?? undefined, start.replace(/\/ui\/$/, ''), start)
}
