import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { FrameType } from './frame-types.ts'

/** State of a followed scan in a snapshot. */
export interface FollowedScan {
  scan: Scan
  active: ScanItem[]
  recentFailures: ScanItem[]
}

export interface Snapshot {
  scans?: Scan[]
  items?: Record<string, FollowedScan>
}

/** One event of the stream, as the server sent it. Its fields depend on its type. */
export interface Frame {
  type: FrameType
  /** Parsed JSON. */
  data: FrameData
}

export interface FrameData extends Snapshot {
  at: string
  scanId?: string
  seq?: number
  scan?: Scan
  resource?: string
  [field: string]: unknown
}
