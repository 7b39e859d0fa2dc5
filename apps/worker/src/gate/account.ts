import type { Provider } from '@capstan/shared/contract/scan'
import type { Model } from '@capstan/shared/inference/types'
import type { GroupLimits } from '@capstan/shared/limits/types'

/** One key at one provider. Its limits are its own, and all workers that hold the key share them. */
export interface Account {
  /** Unique among all workers; stored in Redis, so never the key. */
  name: string
  provider: Provider
  /** Used when a scan names no model. */
  defaultModel: string
  limits: GroupLimits
  model(name: string): Model
}
