import { REASON_CATALOGUE } from '@capstan/shared/contract/server/reason-catalogue'
import type { ItemReason } from '@capstan/shared/contract/problem'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { ItemFilter } from './item-list.ts'
import { ITEM_SORTS } from '@capstan/shared/contract/scan/item-sorts'
import { ITEM_STATUS_NAMES } from '@capstan/shared/contract/scan/item-status-names'

/** Reads the choice of types from a URL. Values that do not exist are ignored. The core group is `core`. */
export function readItemFilter(query: URLSearchParams): ItemFilter {
  const readText = (name: string): string => query.get(name)?.trim() ?? ''
  const [status, reason, group, sort] = ['status', 'reason', 'group', 'sort'].map(readText)
  return omitUndefined({
    status: ITEM_STATUS_NAMES.find((name) => name === status),
    reason: REASONS.find((name) => name === reason),
    group: group === 'core' ? '' : group || undefined,
    q: readText('q') || undefined,
    sort: ITEM_SORTS.find((name) => name === sort),
  })
}

function isReason(name: string): name is ItemReason {
  return Object.hasOwn(REASON_CATALOGUE, name)
}

const REASONS = Object.keys(REASON_CATALOGUE).filter(isReason)
