/** `host:port` of a URL, also when the port is the scheme's own. */
export function targetAddress(url: string | URL): string {
  const { protocol, hostname, port } = new URL(url)
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
}
