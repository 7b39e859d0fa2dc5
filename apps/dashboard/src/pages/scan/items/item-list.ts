import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api, type ListItems } from '../../../data/api.ts'
import type { Frame } from '../../../data/frame.ts'
import { applyItemFrame, readItemStatus } from './apply-item-frame.ts'

/** Choice and order of the rows. */
export type ItemFilter = Pick<ListItems, 'status' | 'reason' | 'group' | 'q' | 'sort'>

export interface ItemList {
  /** Rows from the first one on, in the order of the server. They keep their places until `refresh`. */
  rows: ReadonlySignal<readonly ScanItem[]>
  isComplete: ReadonlySignal<boolean>
  isLoading: ReadonlySignal<boolean>
  error: ReadonlySignal<unknown>
  /** Number of types that have a different place since the rows were read. */
  moved: ReadonlySignal<number>
  /** Reads pages until the row with this index is there. */
  require(index: number): void
  /** Reads the present rows again and replaces all of them at once. */
  refresh(): void
  apply(frame: Frame): void
  close(): void
}

const PAGE = 200

/** The types of a scan, read in pages as far as they are needed. Events change their cells, and never their places. */
export function openItemList(scanId: string, filter: ItemFilter): ItemList {
  const state = createState()
  const { rows, cursor, error, moved, isLoading } = state
  const ended = new AbortController()
  let required = 0
  let isRefreshDue = false

  const readRows = createRowReader(scanId, filter, ended.signal)
  const isShort = (): boolean => cursor.peek() !== null && rows.peek().length <= required
  const read = async (known: readonly ScanItem[], from: string | undefined): Promise<void> => {
    const all = await readRows(known, from, (count) => count > required)
    show(state, all.rows, all.next)
  }
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (isLoading.peek() || ended.signal.aborted) return
    isLoading.value = true
    state.arrived = []
    await work().catch((fault: unknown) => {
      if (!ended.signal.aborted) error.value = fault
    })
    isLoading.value = false
    if (isRefreshDue) refresh()
    else if (error.peek() === undefined && isShort()) readMore()
  }
  const readMore = (): void => void run(() => read(rows.peek(), cursor.peek() ?? undefined))
  const refresh = (): void => {
    isRefreshDue = isLoading.peek()
    if (isRefreshDue) return
    required = Math.max(required, rows.peek().length - 1)
    moved.value = new Set()
    void run(() => read([], undefined))
  }
  return {
    rows,
    isLoading,
    error,
    isComplete: computed(() => cursor.value === null),
    moved: computed(() => moved.value.size),
    require: (index) => {
      required = Math.max(required, index)
      if (error.peek() === undefined && isShort()) readMore()
    },
    refresh,
    apply: (frame) => (frame.type === 'snapshot' ? refresh() : apply(state, filter, frame)),
    close: () => ended.abort(),
  }
}

/** Returns a function that reads pages after the `known` rows until `isEnough`. */
function createRowReader(scanId: string, filter: ItemFilter, signal: AbortSignal) {
  return async (
    known: readonly ScanItem[],
    from: string | undefined,
    isEnough: (count: number) => boolean,
  ): Promise<{ rows: ScanItem[]; next: string | null }> => {
    const rows = [...known]
    let cursor = from
    for (;;) {
      const { data, page } = await api.listItems(scanId, { ...filter, limit: PAGE, cursor }, signal)
      rows.push(...data)
      const next = page.nextCursor
      if (next === null || isEnough(rows.length)) return { rows, next }
      cursor = next
    }
  }
}

type ListState = ReturnType<typeof createState>

function createState() {
  return {
    rows: signal<readonly ScanItem[]>([]),
    /** Place of each row. */
    places: new Map<string, number>(),
    /** Position of the next page: null after the last one, undefined before the first one. */
    cursor: signal<string | null | undefined>(undefined),
    isLoading: signal(false),
    error: signal<unknown>(undefined),
    moved: signal<ReadonlySet<string>>(new Set()),
    /** Events since the present read began: its rows can be older. */
    arrived: new Array<Frame>(),
  }
}

function show(state: ListState, rows: readonly ScanItem[], next: string | null): void {
  state.places = new Map(rows.map(({ resource }, index) => [resource, index]))
  batch(() => {
    state.rows.value = rows
    for (const frame of state.arrived) changeRow(state, frame)
    state.cursor.value = next
    state.error.value = undefined
  })
}

function apply(state: ListState, filter: ItemFilter, frame: Frame): void {
  const { isLoading, arrived, moved } = state
  const name = frame.data.resource ?? ''
  const status = readItemStatus(frame)
  if (status === undefined) return
  if (isLoading.peek()) arrived.push(frame)
  if (changesPlace(filter, changeRow(state, frame), status))
    moved.value = new Set(moved.peek()).add(name)
}

/** Applies an event to the row of its type. Returns whether there is one. */
function changeRow({ rows, places }: ListState, frame: Frame): boolean {
  const index = places.get(frame.data.resource ?? '')
  const item = index === undefined ? undefined : rows.peek()[index]
  if (index === undefined || item === undefined) return false
  rows.value = rows.peek().with(index, applyItemFrame(item, frame))
  return true
}

/** Returns whether a type with a new status belongs to another place, or to the rows at all, other than before. */
function changesPlace(
  { status, sort = 'resource', reason }: ItemFilter,
  isShown: boolean,
  now: ScanItem['status'],
): boolean {
  if (status !== undefined && (now === status) !== isShown) return true
  if (reason !== undefined && (now === 'failed') !== isShown) return true
  return isShown && sort !== 'resource'
}
