import type { SearchAnswer } from '@capstan/shared/contract/catalog/search-answer'
import type { SearchHit } from '@capstan/shared/contract/catalog/search-hit'
import { setQuery } from '../../router/location.ts'
import { CatalogEntry } from './catalog-entry.tsx'
import { FILTER_NAMES } from './read-catalog-filter.ts'

const MODES = {
  hybrid: 'keywords and semantics',
  semantic: 'semantics only',
  keyword: 'keywords only',
} as const

interface SearchResultsProps {
  answer: SearchAnswer
  query: string
  isFiltered: boolean
  hasCluster: boolean
}

/** Strong matches, then weak ones apart, and why the search found what it found. */
export function SearchResults({ answer, query, isFiltered, hasCluster }: SearchResultsProps) {
  const strong = answer.data.filter(({ strength }) => strength === 'strong')
  const weak = answer.data.filter(({ strength }) => strength === 'weak')
  const shared = { query, hasCluster }
  return (
    <>
      <div class="row">
        <span class="badge" title="How the search has compared the query with the types">
          {MODES[answer.mode]}
        </span>
        {answer.note !== null && <span class="muted">{answer.note}</span>}
      </div>
      {strong.length > 0 && <Hits title="Matches" hits={strong} {...shared} />}
      {weak.length > 0 && <Hits title="Weak matches" hits={weak} {...shared} />}
      {answer.data.length === 0 && <NothingFound query={query} isFiltered={isFiltered} />}
    </>
  )
}

interface HitsProps {
  title: string
  hits: SearchHit[]
  query: string
  hasCluster: boolean
}

function Hits({ title, hits, query, hasCluster }: HitsProps) {
  return (
    <section class="card" aria-label={title}>
      <div class="card-head">
        <h2>{title}</h2>
        <span class="muted">{hits.length}</span>
      </div>
      <ol class="entries">
        {hits.map((hit) => (
          <CatalogEntry
            key={hit.capability.id}
            row={hit.capability}
            query={query}
            hit={hit}
            hasCluster={hasCluster}
          />
        ))}
      </ol>
    </section>
  )
}

function NothingFound({ query, isFiltered }: { query: string; isFiltered: boolean }) {
  const none = Object.fromEntries(FILTER_NAMES.map((name) => [name, '']))
  return (
    <div class="card empty">
      <strong>No type matches “{query}”</strong>
      <span>Describe what is needed in other words, such as “postgres with backups”.</span>
      <div class="row">
        {isFiltered && (
          <button type="button" class="button" onClick={() => setQuery(none)}>
            Search without filters
          </button>
        )}
        <button type="button" class="button" onClick={() => setQuery({ q: '' })}>
          Show all types
        </button>
      </div>
    </div>
  )
}
