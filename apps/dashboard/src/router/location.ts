import { signal } from '@preact/signals'

/** A page of the dashboard. */
export interface Place {
  /** Path below /ui/, without a leading slash. */
  path: string
  query: URLSearchParams
}

/** `/ui/` below the path prefix of the server, from the page's <base>. */
const BASE = new URL(document.baseURI).pathname

export const place = signal(readPlace())

addEventListener('popstate', () => (place.value = readPlace()))

function readPlace(): Place {
  const { pathname, search } = globalThis.location
  return { path: pathname.slice(BASE.length), query: new URLSearchParams(search) }
}

/** Returns the URL of a page, such as `scans/scan_01?status=failed`. */
export function toHref(page: string): string {
  return BASE + page
}

/** Opens a page. `replace` keeps the history as it is, for filters that change with each key. */
export function navigate(page: string, { replace = false } = {}): void {
  const url = toHref(page)
  if (replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  place.value = readPlace()
}

/** Returns the present page with other parameters; an empty text removes one. */
export function toChangedPage(changes: Record<string, string>): string {
  const { path, query: present } = place.value
  const query = new URLSearchParams(present)
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Changes parameters of the present page; an empty text removes one. All of a view's state is in its URL. */
export function setQuery(changes: Record<string, string>, options?: { replace?: boolean }): void {
  navigate(toChangedPage(changes), options)
}
