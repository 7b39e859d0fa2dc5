/**
 * Objects with links in serialized JSON. Quotes inside JSON strings are escaped, so the pattern matches members only.
 */
const LINK_OBJECTS = /"(?:links|externalUrl)":\{[^{}]*\}/g

/**
 * Adds `prefix` to each link in serialized JSON. Links are stored as paths from the root of the server, and the prefix
 * of a request is added when a response is sent.
 */
export function prefixLinks(json: string, prefix: string): string {
  if (prefix === '') return json
  return json.replaceAll(LINK_OBJECTS, (links) => links.replaceAll('":"/', `":"${prefix}/`))
}

/**
 * Adds `prefix` to the link of a header, also in the form `<path>; rel="next"`. Links to other servers stay unchanged.
 */
export function prefixHeader(value: string, prefix: string): string {
  return value.replace(/^(<?)\/(?!\/)/, `$1${prefix}/`)
}
