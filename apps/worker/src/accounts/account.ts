import type { Provider } from '@capstan/shared/contract/provider'
import type { BatchModel } from '@capstan/shared/inference/batch-types'
import type { Dialect } from '@capstan/shared/inference/dialect'
import type { Model } from '@capstan/shared/inference/types'
import type { ConfiguredLimits } from '@capstan/limits/types'
import type { Endpoint } from './endpoint.ts'

/** One key at one endpoint. Its limits are shared by all workers with the key. */
export interface Account {
  /** Unique among all workers; stored in Redis, so never the key. */
  name: string
  provider: Provider
  limits: ConfiguredLimits
  /** Its share of calls relative to other accounts of the provider; default 1. */
  weight?: number | undefined
  /** Endpoint of its calls; default: that of the vendor. */
  endpoint?: Endpoint | undefined
  model(name: string): Model
  /** The batch API of a model; undefined when the provider has none. */
  batches(name: string): BatchModel | undefined
}

/** An account with the dialect of its endpoint. */
export interface CallTarget {
  readonly account: Account
  /** Undefined: the model has only one dialect, or its full dialect is used. */
  readonly dialect: Dialect | undefined
  /** True once a call was answered in this dialect. */
  readonly isProven: boolean
}
