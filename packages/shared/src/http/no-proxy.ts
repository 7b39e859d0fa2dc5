import { BlockList, isIP } from 'node:net'

/** Returns true for hosts that are reached without a proxy. `host`: as in a URL, IPv6 in brackets. `port`: never 0. */
export type NoProxy = (host: string, port: number) => boolean

/** A proxy would resolve these names to its own machine. */
const LOOPBACK = ['localhost', '.localhost', '127.0.0.0/8', '0.0.0.0', '::1', '::']

/**
 * Parses NO_PROXY: entries separated by commas or spaces. A name includes its subdomains, with or without a leading dot. `*`
 * matches any characters. An address may be a range (10.0.0.0/8). Any entry may have a port. Loopback addresses always match.
 * Throws an Error for a range or URL that could never match.
 */
export function parseNoProxy(text: string): NoProxy {
  return parseHostPatterns([...LOOPBACK, text].join(' '))
}

/** As parseNoProxy, without the loopback addresses. */
export function parseHostPatterns(text: string): NoProxy {
  const entries = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseEntry)
  return (host, port) => {
    const name = normalizeHost(host)
    return entries.some((entry) => (entry.port ?? port) === port && entry.covers(name))
  }
}

interface Entry {
  port: number | undefined
  covers: (name: string) => boolean
}

function parseEntry(entry: string): Entry {
  if (entry.includes('/')) return { port: undefined, covers: createRangeTest(entry) }
  // More than one colon without brackets is an IPv6 address, not a port.
  const [, host = entry, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  const name = normalizeHost(host)
  return { port: port === undefined ? undefined : Number(port), covers: createNameTest(name) }
}

function createRangeTest(entry: string): Entry['covers'] {
  const [, address = '', bits = ''] = /^([\da-f:.]+)\/(\d+)$/i.exec(entry) ?? []
  const version = isIP(address)
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    throw new Error(describeRangeFault(entry))
  const range = new BlockList()
  range.addSubnet(address, Number(bits), nameFamily(version))
  return (name) => {
    const family = isIP(name)
    return family !== 0 && range.check(name, nameFamily(family))
  }
}

function createNameTest(name: string): Entry['covers'] {
  const version = isIP(name)
  if (version !== 0) return createRangeTest(`${name}/${version === 4 ? 32 : 128}`)
  if (name.includes('*')) {
    const literal = name.replaceAll(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`)
    const pattern = new RegExp(`^${literal.replaceAll('*', '.*')}$`)
    return (host) => pattern.test(host)
  }
  const domain = name.replace(/^\./, '')
  return (host) => host === domain || host.endsWith(`.${domain}`)
}

function describeRangeFault(entry: string): string {
  const host = URL.parse(entry)?.host
  if (host) return `takes hosts, not URLs; write ${host}`
  // Other text may be a secret for another variable.
  const range = /^[\da-f.:]+\/\d+$/i.test(entry) ? entry : 'an entry with a slash'
  return `has ${range}, which is not an address range; write it like 10.0.0.0/8 or fd00::/8`
}

/** Removes IPv6 brackets and the trailing dot of an absolute name. */
function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function nameFamily(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6'
}
