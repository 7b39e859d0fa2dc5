import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import type { BenchWire } from '../stack/start-bench-stack.ts'

/** A provider as it is played, the work, and who does it. */
export interface BenchCase {
  name: string
  /** What the provider plays besides the seed. */
  provider: Omit<SimConfigInput, 'seed'>
  wire?: BenchWire
  /** Made-up types; `demo` is the demo cluster with its 66. */
  types: number | 'demo'
  workers: number
  /** Of all workers together. */
  slots: number
  /** More settings of each worker, given where the provider is. */
  settings?: (providerUrl: string) => Record<string, string>
  /** Another way to do the same work. Default: Capstan. */
  rival?: Baseline
  /** Its faults or hidden limits are the point, and no lower bound knows them: it has no efficiency. */
  disturbed?: boolean
}

/** Asks a provider about every type and answers when and how well it went. */
export type Baseline = (work: BaselineWork, signal: AbortSignal) => Promise<BaselineRun>
export interface BaselineWork {
  /** Folder of CRD manifests, or `demo`. */
  cluster: string
  /** Which of its types. */
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
  /** Until the first call arrived. */
  startMs: number
  lowerBoundMs: number
  binding: string
  /** Of an engine without any cost of its own (measures/free-schedule.ts). */
  freeMs: number
  /** Lower bound / makespan. Null with failures, which shorten a makespan. */
  efficiency: number | null
  types: number
  failed: number
  /** Calls that the provider turned away because of a limit. */
  turnedAway: number
  /** Calls beyond a capacity that nobody was told of. */
  beyondCapacity: number
  /** Calls / types answered. */
  amplification: number
  /** How near the fullest bucket came to a refusal, in simulated ms of its refill; null without buckets. */
  marginMs: number | null
  maxInFlight: number
  /** Of the whole machine, over the minute before the run. */
  loadBefore: number
  calls: CallRecord[]
}
