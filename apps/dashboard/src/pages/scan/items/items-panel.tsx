import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ITEM_STATUS_NAMES } from '@capstan/shared/contract/scan/item-status-names'
import type { ItemSort } from '@capstan/shared/contract/scan/item-sorts'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { subscribeToScan } from '../../../data/scan-frames.ts'
import { useShown } from '../../../data/use-shown.ts'
import { connection } from '../../../data/store.ts'
import { usePolling } from '../../../data/use-polling.ts'
import { formatNumber } from '../../../format/number.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { SearchField } from '../../../parts/search-field.tsx'
import { place, setQuery } from '../../../router/location.ts'
import { openItemList, type ItemFilter, type ItemList } from './item-list.ts'
import { readItemFilter } from './read-item-filter.ts'
import { ItemTable } from './item-table.tsx'

/** Searches and filters the types of a scan. All of it is in the URL. */
export function ItemsPanel({ scan }: { scan: Scan }) {
  const { query } = place.value
  // Rows of an open page must not move, so the order stays as it was when the page was opened.
  const [firstSort] = useState<ItemSort>(() => findFirstSort(scan))
  const chosen = readItemFilter(query)
  const filter = { ...chosen, sort: chosen.sort ?? firstSort }
  const asked = useMemo(() => openItemList(scan.id, filter), [scan.id, JSON.stringify(filter)])
  const isReady = asked.rows.value.length > 0 || asked.isComplete.value
  const list = useShown(asked, isReady || asked.error.value !== undefined)
  const hold = useHold()
  useEffect(() => {
    const leave = subscribeToScan(scan.id, asked.apply)
    asked.require(0)
    return () => {
      leave()
      asked.close()
    }
  }, [asked])
  usePolling(asked.refresh)
  useRefresh(asked, hold.isHeld, scan.progress.total)
  return (
    <section class="card" aria-label="Types" {...hold.handlers}>
      <div class="card-head">
        <h2>Types</h2>
        <SearchField
          label="Search types"
          value={filter.q ?? ''}
          onChange={(q) => setQuery({ q }, { replace: true })}
        />
        <SortField sort={filter.sort} firstSort={firstSort} />
      </div>
      <StatusChips progress={scan.progress} status={filter.status} />
      <FurtherFilters filter={filter} />
      <Moved list={list} isHeld={hold.isHeld} />
      {hasFault(list) && <FaultNotice error={list.error.value} onRetry={list.refresh} />}
      <ItemTable list={list} total={countRows(scan, filter)} openItem={query.get('item')} />
      {list.isComplete.value && list.rows.value.length === 0 && <NoItems />}
    </section>
  )
}

/** While the server cannot be reached, the last rows stay, and the header shows it. */
function hasFault({ error, rows }: ItemList): boolean {
  const isReached = connection.value.state === 'live'
  return error.value !== undefined && (isReached || rows.value.length === 0)
}

/** The pointer or the focus is in the panel, so rows keep their places. */
function useHold() {
  const [hasPointer, setPointer] = useState(false)
  const [hasFocus, setFocus] = useState(false)
  return {
    isHeld: hasPointer || hasFocus,
    handlers: {
      onPointerEnter: () => setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocusIn: () => setFocus(true),
      onFocusOut: () => setFocus(false),
    },
  }
}

/** Events arrive in bursts. */
const SETTLE_MS = 1_000

/** Reads rows again when their places have changed, unless someone points at them. */
function useRefresh(list: ItemList, isHeld: boolean, total: number | null): void {
  const isStale = list.moved.value > 0 && !isHeld
  useEffect(() => {
    if (!isStale) return
    const timer = setTimeout(list.refresh, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [list, isStale])
  // The plan exists now: before it, there were no types.
  const known = useRef(total)
  useEffect(() => {
    if (total !== known.current) list.refresh()
    known.current = total
  }, [list, total])
}

function Moved({ list, isHeld }: { list: ItemList; isHeld: boolean }) {
  const moved = list.moved.value
  if (moved === 0 || !isHeld) return null
  return (
    <div class="moved">
      <button type="button" class="button small" onClick={list.refresh}>
        {formatNumber(moved)} changed: show
      </button>
    </div>
  )
}

function StatusChips({ progress, status }: { progress: Progress; status: string | undefined }) {
  return (
    <div class="row chips" role="group" aria-label="Filter by status">
      <Chip name="all" count={progress.total ?? 0} isOn={status === undefined} value="" />
      {ITEM_STATUS_NAMES.map((name) =>
        progress[name] === 0 && name !== status ? null : (
          <Chip
            key={name}
            name={name}
            count={progress[name]}
            isOn={name === status}
            value={name === status ? '' : name}
          />
        ),
      )}
    </div>
  )
}

/** Filters that were chosen elsewhere, each with a button that removes it. */
function FurtherFilters({ filter: { reason, group } }: { filter: ItemFilter }) {
  const chosen = [
    ['reason', reason],
    ['group', group === '' ? 'core' : group],
  ] as const
  if (chosen.every(([, value]) => value === undefined)) return null
  return (
    <div class="row chips" role="group" aria-label="Further filters">
      {chosen.map(
        ([name, value]) =>
          value !== undefined && (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed="true"
              title="Remove this filter"
              onClick={() => setQuery({ [name]: '' })}
            >
              {name} {value}
            </button>
          ),
      )}
    </div>
  )
}

interface ChipProps {
  name: string
  count: number
  isOn: boolean
  /** Filter that a click sets. */
  value: string
}

function Chip({ name, count, isOn, value }: ChipProps) {
  const choose = (): void => setQuery({ status: value, reason: '' })
  return (
    <button type="button" class="chip" aria-pressed={isOn} onClick={choose}>
      {name} {formatNumber(count)}
    </button>
  )
}

const SORT_TEXTS: Record<ItemSort, string> = {
  resource: 'by name',
  status: 'failed first',
  duration: 'slowest first',
  tokens: 'most tokens first',
  confidence: 'least confident first',
}

/** The failures of an ended scan are what a person comes for. */
function findFirstSort({ done, progress }: Scan): ItemSort {
  return done && progress.failed > 0 ? 'status' : 'resource'
}

function SortField({ sort, firstSort }: { sort: ItemSort; firstSort: ItemSort }) {
  return (
    <label class="row">
      <span class="only-read">Order of types</span>
      <select
        value={sort}
        onChange={({ currentTarget: { value } }) =>
          setQuery({ sort: value === firstSort ? '' : value })
        }
      >
        {Object.entries(SORT_TEXTS).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Number of rows, from the counters of the scan. Unknown for a search and for a group. A reason is chosen with the status `failed`. */
function countRows(
  { progress, failures }: Pick<Scan, 'progress' | 'failures'>,
  { status, q, reason, group }: ReturnType<typeof readItemFilter>,
): number | undefined {
  if (q !== undefined || group !== undefined) return undefined
  if (reason !== undefined) return failures.byReason[reason] ?? 0
  return status === undefined ? (progress.total ?? 0) : progress[status]
}

function NoItems() {
  const isFiltered = ['status', 'q', 'reason', 'group'].some((name) => place.value.query.has(name))
  if (!isFiltered) return <div class="empty small">No types are planned yet.</div>
  return (
    <div class="empty small">
      <strong>No type matches</strong>
      <button
        type="button"
        class="button"
        onClick={() => setQuery({ status: '', q: '', reason: '', group: '' })}
      >
        Show all types
      </button>
    </div>
  )
}
