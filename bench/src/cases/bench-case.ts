import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import type { BenchWire } from '../stack/start-bench-stack.ts'

/** A provider configuration, a cluster, and the engine that scans it. */
export interface BenchCase {
  name: string
  /** Configuration of the provider without the seed. */
  provider: Omit<SimConfigInput, 'seed'>
  wire?: BenchWire
  /** Number of generated types; `demo` is the demo cluster with its 66. */
  types: number | 'demo'
  workers: number
  /** Slots of all workers together. */
  slots: number
  /** Additional settings of each worker, computed from the URL of the provider. */
  settings?: (providerUrl: string) => Record<string, string>
  /** Another way to do the same work. Default: Capstan. */
  baseline?: Baseline
  /**
   * Faults or hidden limits are the point of the case. The lower bound ignores them, so there is no
   * efficiency.
   */
  isDisturbed?: boolean
}

/** Calls a provider for every type and returns the times and failures. */
export type Baseline = (work: BaselineWork, signal: AbortSignal) => Promise<BaselineRun>
export interface BaselineWork {
  /** Folder of CRD manifests, or `demo`. */
  cluster: string
  /** Types to include. */
  include: string[]
  wire: BenchWire
  providerUrl: string
  slots: number
}
export interface BaselineRun {
  /** Clock times (ms). */
  startedAtMs: number
  endedAtMs: number
  types: number
  failed: number
}

export interface CaseRun {
  case: BenchCase
  seed: number
  startedAtMs: number
  makespanMs: number
  /** Time until the first call arrived. */
  startMs: number
  lowerBoundMs: number
  binding: string
  /** Time of an ideal scheduler (measures/ideal-limited-schedule.ts). */
  idealMs: number
  /** Lower bound / makespan. Null with failures, which shorten a makespan. */
  efficiency: number | null
  types: number
  failed: number
  /** Calls that the provider rejected because of a limit. */
  rejected: number
  /** Calls beyond an unannounced capacity. */
  beyondCapacity: number
  /** Calls / answered types. */
  amplification: number
  /**
   * Headroom: the smallest distance of a bucket from a rejection, in simulated ms of refill; null without
   * buckets.
   */
  headroomMs: number | null
  maxInFlight: number
  /** Load of the machine in the minute before the run. */
  loadBefore: number
  calls: CallRecord[]
}
