/** Returns the attributes of a Set-Cookie header, sorted, with a fixed date. */
export function cookieAttributes(cookie: string): string[] {
  const [, ...attributes] = cookie.split(';').map((part) => part.trim())
  return attributes.map((one) => (one.startsWith('Expires=') ? 'Expires' : one)).toSorted()
}
