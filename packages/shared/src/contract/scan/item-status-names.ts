import type { ItemStatus } from './scan-item.ts'

const ORDER: Record<ItemStatus, number> = {
  failed: 0,
  running: 1,
  retrying: 2,
  queued: 3,
  succeeded: 4,
  skipped: 5,
  canceled: 6,
}

function isItemStatus(name: string): name is ItemStatus {
  return Object.hasOwn(ORDER, name)
}

/** Statuses of a type in the order of their importance to a reader. */
export const ITEM_STATUS_NAMES: readonly ItemStatus[] = Object.keys(ORDER).filter(isItemStatus)
