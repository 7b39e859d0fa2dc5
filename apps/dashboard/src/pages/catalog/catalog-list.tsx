import { FaultNotice } from '../../parts/fault-notice.tsx'
import { formatNumber } from '../../format/number.ts'
import { Loading } from '../../parts/loading.tsx'
import { setQuery } from '../../router/location.ts'
import { CatalogEntry } from './catalog-entry.tsx'
import { FILTER_NAMES } from './read-catalog-filter.ts'
import type { CatalogList as List } from './use-catalog-list.ts'

interface CatalogListProps {
  list: List
  /** Number of all types that pass the filter. */
  total: number | undefined
  hasCluster: boolean
}

/** All types that pass the filter, ordered by name, in pages. */
export function CatalogList({ list, total, hasCluster }: CatalogListProps) {
  if (list.rows.length === 0 && !list.isLoading) return <NoRows />
  return (
    <section class="card" aria-label="Types" aria-busy={list.isLoading}>
      <div class="card-head">
        <h2>Types</h2>
        {total !== undefined && <span class="muted">{formatNumber(total)}, by name</span>}
      </div>
      {list.rows.length === 0 && (
        <div class="card-body">
          <Loading />
        </div>
      )}
      <ol class="entries">
        {list.rows.map((row) => (
          <CatalogEntry key={row.id} row={row} query="" hasCluster={hasCluster} />
        ))}
      </ol>
      {list.action.error !== undefined && <FaultNotice error={list.action.error} />}
      {list.more !== undefined && (
        <div class="card-body">
          <button
            type="button"
            class="button"
            disabled={list.action.isRunning}
            onClick={() => list.more?.()}
          >
            Show more
          </button>
        </div>
      )}
    </section>
  )
}

function NoRows() {
  const none = Object.fromEntries(FILTER_NAMES.map((name) => [name, '']))
  return (
    <div class="card empty">
      <strong>No type passes these filters</strong>
      <button type="button" class="button" onClick={() => setQuery(none)}>
        Remove the filters
      </button>
    </div>
  )
}
