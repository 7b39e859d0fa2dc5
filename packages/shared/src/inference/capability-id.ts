import { hash as digest } from 'node:crypto'

/** UUID namespace of all capability ids. Never change it: every stored id depends on it. */
const NAMESPACE = parseUuid('7b0f6f52-6a3e-4d0c-9a55-3f6c1c2b8e11')

/** UUIDv5 (RFC 9562, section 5.5) of a name within a namespace UUID. */
export function uuidV5(name: string, namespace: string): string {
  return createUuidV5(parseUuid(namespace), name)
}

function createUuidV5(namespace: Buffer, name: string): string {
  const hash = digest('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'buffer')
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

function parseUuid(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

/** Id of the catalog row with the capability of a type in a cluster. Never changes. */
export function capabilityId(cluster: string, group: string, kind: string): string {
  return createUuidV5(NAMESPACE, JSON.stringify([cluster, group, kind]))
}
