import { useEffect } from 'preact/hooks'
import type { FacetsView } from '@capstan/shared/contract/catalog/facets-view'
import { api } from '../../data/api.ts'
import { usePolling } from '../../data/use-polling.ts'
import { useRequest, type RequestState } from '../../data/use-request.ts'
import type { SearchAnswer } from '@capstan/shared/contract/catalog/search-answer'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Loading } from '../../parts/loading.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Link } from '../../router/link.tsx'
import { place, setQuery } from '../../router/location.ts'
import { tabState } from '../../shell/use-title.ts'
import { CatalogCommands } from './catalog-commands.tsx'
import { CatalogList } from './catalog-list.tsx'
import { CapabilityDrawer } from './detail/capability-drawer.tsx'
import { EmptyCatalog } from './empty-catalog.tsx'
import { Facets } from './facets.tsx'
import { FILTER_NAMES, readCatalogFilter } from './read-catalog-filter.ts'
import { SearchResults } from './search-results.tsx'
import { useCatalogList } from './use-catalog-list.ts'

/** Number of hits of a search. */
const HITS = 50

/** What the types of all clusters are good for: a search, filters with counts, and the answers. */
export function CatalogPage() {
  const { query } = place.value
  const type = query.get('type')
  const filter = readCatalogFilter(query)
  const facets = useRequest(JSON.stringify(filter), (signal) => api.readFacets(filter, signal))
  usePolling(facets.reload)
  useEffect(() => {
    tabState.value = { title: 'Catalog – Capstan', icon: 'idle' }
  }, [])
  const isFiltered = FILTER_NAMES.some((name) => query.has(name))
  const isEmpty = facets.data !== undefined && !isFiltered && countTypes(facets.data) === 0
  return (
    <>
      <div class="page-head">
        <h1>Catalog</h1>
        <Link to="catalog/compare">Compare two clusters</Link>
      </div>
      {isEmpty ? <EmptyCatalog /> : <Explorer facets={facets} isFiltered={isFiltered} />}
      {type !== null && <CapabilityDrawer cluster={query.get('of') ?? ''} resource={type} />}
    </>
  )
}

interface ExplorerProps {
  facets: RequestState<FacetsView>
  isFiltered: boolean
}

function Explorer({ facets, isFiltered }: ExplorerProps) {
  const q = place.value.query.get('q') ?? ''
  const filter = readCatalogFilter(place.value.query)
  const key = JSON.stringify(filter)
  const search = useRequest<SearchAnswer | undefined>(`${q} ${key}`, async (signal) =>
    q.trim() === '' ? undefined : api.searchCapabilities(q, filter, HITS, signal),
  )
  const isSearch = q.trim() !== ''
  const shown = isSearch ? search.data?.facets : facets.data
  return (
    <>
      <div class="big-search">
        <SearchField
          label="Search by need, such as: postgres with backups"
          value={q}
          onChange={(text) => setQuery({ q: text }, { replace: true })}
        />
      </div>
      <div class="with-facets">
        <aside aria-label="Filters">{shown && <Facets facets={shown} />}</aside>
        <div class="results">
          {isSearch ? (
            <Found state={search} query={q} isFiltered={isFiltered} />
          ) : (
            <AllTypes key={key} facets={facets.data} />
          )}
          <CatalogCommands q={q} filter={filter} />
        </div>
      </div>
    </>
  )
}

function AllTypes({ facets }: { facets: FacetsView | undefined }) {
  const filter = readCatalogFilter(place.value.query)
  const list = useCatalogList(JSON.stringify(filter), filter)
  if (list.error !== undefined) return <FaultNotice error={list.error} onRetry={list.reload} />
  return (
    <CatalogList
      list={list}
      total={facets && countTypes(facets)}
      hasCluster={facets !== undefined && Object.keys(facets.clusters).length > 1}
    />
  )
}

interface FoundProps {
  state: RequestState<SearchAnswer | undefined>
  query: string
  isFiltered: boolean
}

function Found({ state, query, isFiltered }: FoundProps) {
  if (state.error !== undefined) return <FaultNotice error={state.error} onRetry={state.reload} />
  if (state.data === undefined) return <Loading />
  const hasCluster = Object.keys(state.data.facets.clusters).length > 1
  return (
    <SearchResults
      answer={state.data}
      query={query}
      isFiltered={isFiltered}
      hasCluster={hasCluster}
    />
  )
}

function countTypes({ clusters }: FacetsView): number {
  return Object.values(clusters).reduce((sum, count) => sum + count, 0)
}
