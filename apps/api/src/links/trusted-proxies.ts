import { BlockList, isIP } from 'node:net'

/** Returns whether the address of a peer is a trusted proxy. */
export type IsTrustedProxy = (address: string | undefined) => boolean

const LOOPBACK = ['127.0.0.0/8', '::1']

/**
 * Parses CAPSTAN_TRUSTED_PROXIES: comma-separated addresses, CIDR ranges and `loopback`. Throws an Error that describes
 * the fault.
 */
export function parseTrustedProxies(text: string): IsTrustedProxy {
  const list = new BlockList()
  const entries = text.split(',').map((entry) => entry.trim())
  for (const entry of entries.flatMap((one) => (one === 'loopback' ? LOOPBACK : [one]))) {
    addEntry(list, entry)
  }
  return (address) => {
    const family = isIP(address ?? '')
    return family !== 0 && list.check(address ?? '', family === 6 ? 'ipv6' : 'ipv4')
  }
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', bits, ...rest] = entry.split('/')
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (family === 0 || rest.length > 0 || !(prefix <= most)) {
    throw new Error(`\`${entry}\` is not an IP address, a CIDR range or \`loopback\``)
  }
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
}
