import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Addresses that the internet routes (RFC 4291). The rest of the space holds special and unassigned ranges. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Returns whether an IP address is reachable on the internet: not loopback, private, link-local (which contains the metadata
 * servers of clouds), shared, multicast, documentation or reserved, in IPv4, IPv6 or as IPv4 mapped to IPv6.
 */
export function isPublicAddress(address: string): boolean {
  const plain = unmapAddress(address)
  if (!ipaddr.isValid(plain)) return false
  const parsed = ipaddr.parse(plain)
  if (parsed.range() !== 'unicast') return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6)
}

/** Returns the IPv4 address within an IPv4-mapped IPv6 address, and any other text unchanged. */
export function unmapAddress(address: string): string {
  return isIPv6(address) ? ipaddr.process(address).toString() : address
}
