import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'

export interface VirtualRows {
  /** Element that scrolls. */
  scroller: { current: HTMLDivElement | null }
  /** Rows to draw, in order. Rows between them are left out. */
  items: VirtualItem[]
  totalHeight: number
  scrollToRow: (index: number) => void
}

interface VirtualOptions {
  count: number
  rowHeight: number
  /** This row is always drawn, so that the focus in it is never lost. */
  keptRow: number | undefined
}

/** Rows above and below the visible ones, so that fast scrolling shows no blank rows. */
const OVERSCAN = 16

/** Finds the rows of a long table that are visible. */
export function useVirtualRows({ count, rowHeight, keptRow }: VirtualOptions): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((round: number) => round + 1, 0)
  const options: VirtualizerOptions<HTMLDivElement, Element> = {
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: OVERSCAN,
    onChange: () => redraw(undefined),
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      if (keptRow === undefined || keptRow >= count || shown.includes(keptRow)) return shown
      return [...shown, keptRow].toSorted((a, b) => a - b)
    },
  }
  const [virtualizer] = useState(() => new Virtualizer(options))
  virtualizer.setOptions(options)
  useLayoutEffect(() => virtualizer._didMount(), [])
  useLayoutEffect(() => virtualizer._willUpdate())
  return {
    scroller,
    items: virtualizer.getVirtualItems(),
    totalHeight: virtualizer.getTotalSize(),
    scrollToRow: (index) => virtualizer.scrollToIndex(index),
  }
}
