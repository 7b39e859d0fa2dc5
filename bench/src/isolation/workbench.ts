import type { Stack } from '../stack/start-stack.ts'
import type { CallLog } from './call-log.ts'

/** What all measured scans of one seed run on. */
export interface Workbench {
  stack: Stack
  calls: CallLog
  /** All types of the cluster, by name. */
  types: string[]
  signal: AbortSignal
}
