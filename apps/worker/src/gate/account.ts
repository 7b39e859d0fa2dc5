import type { Provider } from '@capstan/shared/contract/provider'
import type { BatchModel } from '@capstan/shared/inference/batch-types'
import type { Model } from '@capstan/shared/inference/types'
import type { ConfiguredLimits } from '@capstan/limits/types'
import type { Endpoint } from '../accounts/endpoint.ts'

/** One key at one endpoint. Its limits are its own, and all workers that hold the key share them. */
export interface Account {
  /** Unique among all workers; stored in Redis, so never the key. */
  name: string
  provider: Provider
  limits: ConfiguredLimits
  /** How much of it may be in use beside the other accounts of its provider; default 1. */
  weight?: number | undefined
  /** Where its calls go; default: the vendor's own address. */
  endpoint?: Endpoint | undefined
  model(name: string): Model
  /** The batch API of a model; undefined when the provider has none. */
  batches(name: string): BatchModel | undefined
}
