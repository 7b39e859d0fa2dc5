/** `host:port` of a URL, with the default port of the scheme if the URL has none. */
export function targetAddress(url: string | URL): string {
  const { protocol, hostname, port } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
}
