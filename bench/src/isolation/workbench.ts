import type { BenchStack } from '../stack/start-bench-stack.ts'
import type { RepeatableCallLog } from './repeatable-call-log.ts'

/** Environment of all measured scans of one seed. */
export interface Workbench {
  stack: BenchStack
  calls: RepeatableCallLog
  /** Names of all types of the cluster. */
  types: string[]
  signal: AbortSignal
}
