import type { BenchStack } from '../stack/start-bench-stack.ts'
import type { RepeatableCallLog } from './repeatable-call-log.ts'

/** What all measured scans of one seed run on. */
export interface Workbench {
  stack: BenchStack
  calls: RepeatableCallLog
  /** All types of the cluster, by name. */
  types: string[]
  signal: AbortSignal
}
