import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Execution, ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Price } from '@capstan/shared/prices/price'

/** A scan as the API opens it: the request with provider and model settled. */
export interface NewScan {
  id: string
  request: Required<
    Pick<ScanRequest, 'include' | 'exclude' | 'mode' | 'priority' | 'onConflict' | 'labels'>
  > & {
    cluster: string
    budget?: Budget
    execution?: Execution
    order?: ScanOrder
    concurrency?: number | undefined
  }
  provider: Scan['provider']
  model: string
  /** Null when it is unknown: costs are then unknown, and a limit on money cannot be kept. */
  price: Price | null
  createdBy: string
  /** Whose scan it is for the bound on routes of one token. Default: `createdBy`. */
  token?: string
  /** The types that the request resolves to. Left out, it joins only a scan with the same request and no plan yet. */
  requested?: RequestedTypes
}

/** What a running scan has to contain to cover a request. */
export interface RequestedTypes {
  resources: string[]
  /** Content key by resource: a scan that asks another question about the type does not cover it, nor one without a plan. */
  contentKeys?: Record<string, string>
}

/** `covers`: its plan contains every requested type. `equal`: it has no plan yet and was asked for the same. */
export type JoinReason = 'covers' | 'equal'

/** Which bound refuses a route: that of the token, or that of the installation. */
export type RouteBoundScope = 'token' | 'installation'

export type OpenOutcome =
  | { outcome: 'opened' }
  /** With `onConflict: join`: this running scan does all that was asked for. */
  | { outcome: 'joined'; scanId: string; because: JoinReason }
  /** With `onConflict: reject`: this scan of the cluster has not ended. */
  | { outcome: 'conflict'; scanId: string }
  | { outcome: 'overloaded'; bound: RouteBoundScope }
