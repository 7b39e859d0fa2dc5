import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Execution, ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Price } from '@capstan/shared/prices/price'

/** A scan to open: the request with its resolved provider and model. */
export interface NewScan {
  id: string
  request: Required<
    Pick<ScanRequest, 'include' | 'exclude' | 'mode' | 'priority' | 'onConflict' | 'labels'>
  > & {
    cluster: string
    budget?: Budget
    execution?: Execution
    /** Default: false. */
    curated?: boolean | undefined
    order?: ScanOrder
    concurrency?: number | undefined
  }
  provider: Scan['provider']
  model: string
  /** Null when unknown. Costs are then unknown, and maxCostUsd cannot be enforced. */
  price: Price | null
  createdBy: string
  /** The token that the bound on routes per token counts. Default: `createdBy`. */
  token?: string
  /** The types that the request resolves to. Without them it joins only a scan with an equal request and no plan yet. */
  requested?: RequestedTypes
}

/** The types that a running scan must contain to cover a request. */
export interface RequestedTypes {
  resources: string[]
  /** Content key by resource. A scan without a plan, or with another content key for a type, does not cover the request. */
  contentKeys?: Record<string, string>
}

/** `covers`: its plan contains every requested type. `equal`: it has an equal request and no plan yet. */
export type JoinReason = 'covers' | 'equal'

/** The bound that refuses a route: per token or per installation. */
export type RouteBoundScope = 'token' | 'installation'

export type OpenOutcome =
  | { outcome: 'opened' }
  /** With `onConflict: join`: this running scan covers the request. */
  | { outcome: 'joined'; scanId: string; because: JoinReason }
  /** With `onConflict: reject`: this scan of the cluster is unfinished. */
  | { outcome: 'conflict'; scanId: string }
  | { outcome: 'overloaded'; bound: RouteBoundScope }
