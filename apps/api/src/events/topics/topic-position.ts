/** Position of a client in one scan. */
export interface ScanPosition {
  seq: number
  /** Time of that event in milliseconds; null before the first event. */
  atMs: number | null
}

/** Position of a client in all numbered topics of its stream: the SSE id. Valid on every replica. */
export interface TopicPosition {
  /** Stream id in the changes of all scans; undefined without the topic `scans`. */
  changes: string | undefined
  scans: ReadonlyMap<string, ScanPosition>
}

/** Formats a position, for example `1764531234567-0,scan_0190…=12.1764531234000`. Empty without a numbered topic. */
export function formatPosition({ changes, scans }: TopicPosition): string {
  if (scans.size === 0) return changes ?? ''
  const parts = changes === undefined ? [] : [changes]
  for (const [id, { seq, atMs }] of scans) parts.push(`${id}=${seq}.${atMs ?? ''}`)
  return parts.join(',')
}

const CHANGES = /^\d{1,20}-\d{1,20}$/
const SCAN = /^(scan_[0-9a-f]{32})=(\d{1,15})\.(\d{0,15})$/

/** Parses an SSE id; undefined for any other text. */
export function parsePosition(text: string): TopicPosition | undefined {
  let changes: string | undefined
  const scans = new Map<string, ScanPosition>()
  for (const part of text.split(',')) {
    const [, id, seq, atMs] = SCAN.exec(part) ?? []
    if (id !== undefined) scans.set(id, { seq: Number(seq), atMs: atMs ? Number(atMs) : null })
    else if (CHANGES.test(part)) changes = part
    else return undefined
  }
  return { changes, scans }
}

/** Returns whether stream id `a` is newer than `b`. */
export function isNewer(a: string, b: string): boolean {
  const [aMs = '', aCount = ''] = a.split('-')
  const [bMs = '', bCount = ''] = b.split('-')
  if (aMs !== bMs) return BigInt(aMs) > BigInt(bMs)
  return BigInt(aCount) > BigInt(bCount)
}
