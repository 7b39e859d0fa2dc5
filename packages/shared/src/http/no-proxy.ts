import { BlockList, isIP } from 'node:net'

/** Returns true for hosts without a proxy. `host`: in the form of a URL. `port`: never 0. */
export type NoProxy = (host: string, port: number) => boolean

/** Names of this machine. A proxy would resolve them to its own machine. */
const LOCAL = ['localhost', '.localhost', '127.0.0.0/8', '0.0.0.0', '::1', '::']

/**
 * Parses NO_PROXY: entries separated by commas or spaces. A name includes its subdomains, with or without a leading dot. `*`
 * matches any characters. An address may be a range (10.0.0.0/8). Any entry may have a port. Loopback addresses always match.
 * Throws an Error for a range or URL that could never match.
 */
export function parseNoProxy(text: string): NoProxy {
  const entries = [...LOCAL, ...text.split(/[\s,]+/).filter(Boolean)].map(parseEntry)
  return (host, port) => {
    const name = bareName(host)
    return entries.some((entry) => (entry.port ?? port) === port && entry.covers(name))
  }
}

interface Entry {
  port: number | undefined
  covers: (name: string) => boolean
}

function parseEntry(written: string): Entry {
  if (written.includes('/')) return { port: undefined, covers: coversRange(written) }
  // More than one colon without brackets is an IPv6 address, not a port.
  const [, place = written, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(written) ?? []
  const name = bareName(place)
  return { port: port === undefined ? undefined : Number(port), covers: coversName(name) }
}

function coversRange(written: string): Entry['covers'] {
  const [, address = '', bits = ''] = /^([\da-f:.]+)\/(\d+)$/i.exec(written) ?? []
  const version = isIP(address)
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    throw new Error(rangeFault(written))
  const range = new BlockList()
  range.addSubnet(address, Number(bits), familyName(version))
  return (name) => {
    const family = isIP(name)
    return family !== 0 && range.check(name, familyName(family))
  }
}

function coversName(name: string): Entry['covers'] {
  const version = isIP(name)
  if (version !== 0) return coversRange(`${name}/${version === 4 ? 32 : 128}`)
  if (name.includes('*')) {
    const literal = name.replaceAll(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`)
    const pattern = new RegExp(`^${literal.replaceAll('*', '.*')}$`)
    return (host) => pattern.test(host)
  }
  const domain = name.replace(/^\./, '')
  return (host) => host === domain || host.endsWith(`.${domain}`)
}

function rangeFault(written: string): string {
  const host = URL.parse(written)?.host
  if (host) return `takes hosts, not URLs; write ${host}`
  // Other text may be a secret for another variable.
  const range = /^[\da-f.:]+\/\d+$/i.test(written) ? written : 'an entry with a slash'
  return `has ${range}, which is not an address range; write it like 10.0.0.0/8 or fd00::/8`
}

/** Removes IPv6 brackets and the trailing dot of an absolute name. */
function bareName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function familyName(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}
