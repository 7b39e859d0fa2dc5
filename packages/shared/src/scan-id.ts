import { randomBytes } from 'node:crypto'

/** Creates `scan_` and a UUIDv7 (RFC 9562) without hyphens. Ids sort by time and cannot be guessed. */
export function createScanId(nowMs = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return `scan_${bytes.toString('hex')}`
}

/** Creation time of a scan (RFC 3339), read from its id. */
export function parseScanTime(scanId: string): string {
  return new Date(Number.parseInt(scanId.slice('scan_'.length, 17), 16)).toISOString()
}
