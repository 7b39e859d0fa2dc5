import type { ItemReason } from '@capstan/shared/contract/problem'
import type { ItemSort } from '@capstan/shared/contract/scan/item-sorts'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'

/** Choice and order of one page of items. Filters are combined. */
export interface ItemQuery {
  status?: ItemStatus
  /** Only items that failed for this reason. */
  reason?: ItemReason
  /** Empty: the core group. */
  group?: string
  /** Part of the name, in any case. */
  q?: string
  /** Default: by name; with a status as the only filter by the time of its last change. */
  sort?: ItemSort
  limit: number
  cursor?: string
}
