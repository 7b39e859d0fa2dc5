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
  /** Where its calls go; default: the vendor's endpoint. */
  endpoint?: Endpoint | undefined
  model(name: string): Model
  /** The batch API of a model; undefined when the provider has none. */
  batches(name: string): BatchModel | undefined
}

/** An account with the dialect of its endpoint. */
export interface CallTarget {
  readonly account: Account
  /** Undefined: the model has one form only, or is asked in its full dialect. */
  readonly dialect: Dialect | undefined
  /** A call was answered in this dialect. */
  readonly isProven: boolean
}
