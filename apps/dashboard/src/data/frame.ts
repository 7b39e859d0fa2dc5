import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { AnswerSource } from '@capstan/shared/contract/answer-source'
import type { ItemProblem } from '@capstan/shared/contract/problem'
import type { Usage } from '@capstan/shared/contract/usage'
import type { ServerState } from './server-state.ts'
import type { FrameType } from './frame-types.ts'

/** State of a followed scan in a snapshot. */
interface FollowedScan {
  scan: Scan
  active: ScanItem[]
  recentFailures: ScanItem[]
}

export interface Snapshot extends ServerState {
  scans?: Scan[]
  items?: Record<string, FollowedScan>
}

/** One event of the stream, as the server sent it. Its fields depend on its type. */
export interface Frame {
  type: FrameType
  /** Parsed JSON. */
  data: FrameData
  /** Only events that the server keeps have one. */
  id?: string
}

/** Fields of all events. Which of them an event has depends on its type. */
export interface FrameData extends Snapshot {
  at: string
  scanId?: string
  seq?: number
  scan?: Scan
  resource?: string
  attempt?: number
  attempts?: number
  worker?: string
  reason?: string
  detail?: string
  by?: string
  problem?: ItemProblem
  nextAttemptAt?: string
  durationMs?: number
  usage?: Usage
  costUsd?: number | null
  cached?: boolean
  source?: AnswerSource
  confidence?: number
  capabilities?: string[]
  status?: string
  total?: number
  percent?: number
}

/** An event of a scan that the server keeps, as a page of events has it. */
export interface StoredFrame extends Frame {
  data: FrameData & { seq: number }
}
