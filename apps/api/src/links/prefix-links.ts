/**
 * Objects that hold links, in serialized JSON. A quote inside of a JSON string is escaped, so these words only match
 * members, never a part of a text.
 */
const LINK_OBJECTS = /"(?:links|externalUrl)":\{[^{}]*\}/g

/**
 * Serialized JSON with `prefix` before each link. Links are stored and cached as paths from the root of the server;
 * the prefix of a request is added on the way out, so nothing that is stored holds it.
 */
export function prefixLinks(json: string, prefix: string): string {
  if (prefix === '') return json
  return json.replaceAll(LINK_OBJECTS, (links) => links.replaceAll('":"/', `":"${prefix}/`))
}

/** A link of a header, also in the form `<path>; rel="next"`. Links to other servers stay as they are. */
export function prefixHeader(value: string, prefix: string): string {
  return value.replace(/^(<?)\/(?!\/)/, `$1${prefix}/`)
}
