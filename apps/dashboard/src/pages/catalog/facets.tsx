import type { FacetsView } from '@capstan/shared/contract/catalog/facets-view'
import { formatNumber } from '../../format/number.ts'
import { DottedName } from '../../parts/dotted-name.tsx'
import { place, setQuery } from '../../router/location.ts'
import { CORE, type FilterName } from './read-catalog-filter.ts'
import { rankValues } from './rank-values.ts'

/** Values of a facet that are shown before all of them are asked for. */
const SHOWN = 8

/** What the found types have in common, with counts. Each value is a filter. */
export function Facets({ facets }: { facets: FacetsView }) {
  const only = {
    'low-confidence': facets.lowConfidence,
    stale: facets.stale,
    suspicious: facets.suspicious,
  }
  return (
    <div class="facets">
      {Object.keys(facets.clusters).length > 1 && (
        <Facet title="Cluster" name="cluster" counts={facets.clusters} />
      )}
      <Facet title="Needs review" name="only" counts={only} />
      <Facet title="Source" name="source" counts={facets.sources} />
      <Facet title="Complexity" name="complexity" counts={facets.complexity} />
      <Facet title="Provider" name="provider" counts={facets.providers} />
      <Facet title="API group" name="group" counts={renameCore(facets.groups)} />
    </div>
  )
}

interface FacetProps {
  title: string
  name: FilterName
  counts: Record<string, number>
}

function Facet({ title, name, counts }: FacetProps) {
  const chosen = place.value.query.get(name) ?? ''
  const values = rankValues(counts, chosen)
  if (values.length === 0) return null
  const rest = values.slice(SHOWN)
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <FacetValues name={name} values={values.slice(0, SHOWN)} chosen={chosen} />
      {rest.length > 0 && (
        <details>
          <summary class="muted">{formatNumber(rest.length)} more</summary>
          <FacetValues name={name} values={rest} chosen={chosen} />
        </details>
      )}
    </section>
  )
}

interface FacetValuesProps {
  name: FilterName
  values: [value: string, count: number][]
  chosen: string
}

function FacetValues({ name, values, chosen }: FacetValuesProps) {
  return (
    <ul>
      {values.map(([value, count]) => (
        <li key={value}>
          <button
            type="button"
            class="facet-value"
            aria-pressed={value === chosen}
            onClick={() => setQuery({ [name]: value === chosen ? '' : value })}
          >
            <span>
              <DottedName name={name === 'only' ? value.replaceAll('-', ' ') : value} />
            </span>
            <span class="muted">{formatNumber(count)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function renameCore({ '': core, ...groups }: Record<string, number>): Record<string, number> {
  return core === undefined ? groups : { ...groups, [CORE]: core }
}
