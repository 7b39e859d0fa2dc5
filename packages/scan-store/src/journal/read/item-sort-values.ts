import { z } from 'zod'
import type { ItemSort } from '@capstan/shared/contract/scan/item-sorts'
import { ITEM_STATUS_NAMES } from '@capstan/shared/contract/scan/item-status-names'
import { ItemStatus } from '@capstan/shared/contract/scan/scan-item'

/** Fields of a stored state by which items are sorted and filtered. lua/prelude.lua describes them. */
export const SortedState = z.object({
  s: ItemStatus,
  d: z.number().default(-1),
  ti: z.number().default(0),
  tc: z.number().default(0),
  to: z.number().default(0),
  cf: z.number().optional(),
  fr: z.string().optional(),
})
type SortedState = z.infer<typeof SortedState>

/** Greater than any confidence. */
const NO_CONFIDENCE = 2

/** The number that each order compares, smallest first. */
export const ITEM_SORT_VALUES: Record<ItemSort, (state: SortedState) => number> = {
  resource: () => 0,
  duration: ({ d: durationMs }) => -durationMs,
  status: ({ s: status }) => ITEM_STATUS_NAMES.indexOf(status),
  confidence: ({ cf: confidence = NO_CONFIDENCE }) => confidence,
  tokens: ({ ti, tc, to }) => -(ti + tc + to),
}
