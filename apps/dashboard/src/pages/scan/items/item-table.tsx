import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { VirtualItem } from '@tanstack/virtual-core'
import type { ItemList } from './item-list.ts'
import { useVirtualRows, type VirtualRows } from '../../../parts/use-virtual-rows.ts'
import { useShortcuts } from '../../../shell/use-shortcuts.ts'
import { ItemRow, ItemRowSkeleton } from './item-row.tsx'

interface ItemTableProps {
  list: ItemList
  /** Number of rows with the present filter, when it is known. */
  total: number | undefined
  /** Type in the drawer. */
  openItem: string | null
}

const ROW_HEIGHT = 36
/** The head of the table, and a scroll bar below it. */
const HEAD_HEIGHT = 52
const COLUMNS = [
  ['resource', 'Type'],
  ['status', 'Status'],
  ['attempt', 'Attempts'],
  ['duration', 'Duration'],
  ['tokens', 'Tokens'],
  ['confidence', 'Confidence'],
  ['note', 'Answer'],
] as const

/** All types of a scan. Only visible rows are in the document, so that thousands of them scroll smoothly. */
export function ItemTable({ list, total, openItem }: ItemTableProps) {
  const rows = list.rows.value
  const [focused, setFocused] = useState<number | undefined>(undefined)
  const unread = list.isComplete.value ? 0 : 1
  const count = Math.max(rows.length + unread, list.isComplete.value ? 0 : (total ?? 0))
  const view = useVirtualRows({ count, rowHeight: ROW_HEIGHT, keptRow: focused })
  const last = view.items.at(-1)?.index ?? 0
  useLayoutEffect(() => list.require(last), [list, last, rows])
  useRowKeys(view, focused, count)
  return (
    <div
      class="table-wrap virtual"
      style={{ '--rows-height': `${view.totalHeight + HEAD_HEIGHT}px` }}
      ref={view.scroller}
      tabIndex={-1}
      onFocusIn={({ target }) => setFocused(readRowIndex(target))}
      onFocusOut={() => setFocused(undefined)}
    >
      <table aria-rowcount={total === undefined ? -1 : total + 1} aria-busy={list.isLoading.value}>
        <caption class="only-read">Types of this scan</caption>
        <ColumnHeads />
        <tbody>
          {addGaps(view.items, view.totalHeight).map((part) =>
            'height' in part ? (
              <tr key={part.key} aria-hidden="true" class="gap">
                <td style={{ height: `${part.height}px` }} />
              </tr>
            ) : (
              <RowAt
                key={part.index}
                index={part.index}
                item={rows[part.index]}
                openItem={openItem}
              />
            ),
          )}
        </tbody>
      </table>
    </div>
  )
}

function ColumnHeads() {
  return (
    <>
      <colgroup>
        {COLUMNS.map(([name]) => (
          <col key={name} class={`col-${name}`} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map(([name, title]) => (
            <th key={name} scope="col" class={`col-${name}`}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
    </>
  )
}

function RowAt({
  index,
  item,
  openItem,
}: {
  index: number
  item: ItemList['rows']['value'][number] | undefined
  openItem: string | null
}) {
  if (item === undefined) return <ItemRowSkeleton index={index} columns={COLUMNS.length} />
  return <ItemRow index={index} item={item} isOpen={item.resource === openItem} />
}

type Part = { index: number } | { key: string; height: number }

/** Puts an empty row of the right height in place of rows that are not drawn. */
function addGaps(items: VirtualItem[], totalHeight: number): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const item of items) {
    if (item.start > end) parts.push({ key: `gap-${item.index}`, height: item.start - end })
    parts.push({ index: item.index })
    end = item.end
  }
  if (totalHeight > end) parts.push({ key: 'gap-end', height: totalHeight - end })
  return parts
}

function readRowIndex(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest('tr[data-index]') : null
  const text = row?.getAttribute('data-index')
  return text === null || text === undefined ? undefined : Number(text)
}

/** j and k move the focus from row to row. A row that is not drawn yet gets it once it is. */
function useRowKeys(view: VirtualRows, focused: number | undefined, count: number): void {
  const asked = useRef<number | undefined>(undefined)
  const focusAsked = (): void => {
    const link = view.scroller.current?.querySelector(`tr[data-index="${asked.current}"] a`)
    if (asked.current === undefined || !(link instanceof HTMLElement)) return
    asked.current = undefined
    link.focus({ preventScroll: true })
  }
  const move = (step: number): void => {
    if (count === 0) return
    const first = view.items[0]?.index ?? 0
    const next = focused === undefined ? first : focused + step
    asked.current = Math.min(count - 1, Math.max(0, next))
    view.scrollToRow(asked.current)
    focusAsked()
  }
  useLayoutEffect(focusAsked)
  useShortcuts([
    { keys: 'j', does: 'go to the next type', run: () => move(1) },
    { keys: 'k', does: 'go to the type before', run: () => move(-1) },
  ])
}
