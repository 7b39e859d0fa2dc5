import type { Catalog } from '@capstan/catalog/catalog'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'
import type { JudgedQuery } from '../../relevance/judged-query.ts'
import { loadJudgedCatalogs, type JudgedCatalog } from '../../relevance/load-catalogs.ts'
import { openJudgedCatalog } from '../../relevance/open-judged-catalog.ts'
import { findBestRank } from '../../relevance/rank-measures.ts'
import type { BenchEmbeddings, Lab, Scenario } from '../../scenario.ts'
import type { Row } from '../../report/table.ts'
import { renderSearchRelevancePage, type RankedQuery } from './search-relevance-page.ts'

const LIMIT = 10
/** Hybrid is the default mode of a search. */
const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'semantic']

/** Whether the search finds what users mean: judged queries against judged types, half of them held out. */
export const searchRelevance: Scenario = {
  name: 'search-relevance',
  summary:
    'judged queries against catalogs without any key: rows of scans without a model (--cluster 350=FILE --cluster 1600=FILE for recorded clusters), hand-written rows; the same with an embedding model (--embeddings MODEL:DIMENSIONS=URL); a minute',
  // Nothing is random.
  seeds: 1,
  run: async (lab) => {
    const catalogs = await loadJudgedCatalogs(lab)
    const searched = await searchCatalogs(lab, catalogs)
    const { embeddings } = lab
    const embedded = embeddings && {
      model: embeddings.model,
      searched: await searchCatalogs(lab, catalogs, embeddings),
    }
    return renderSearchRelevancePage(searched, catalogs, embedded)
  },
}

async function searchCatalogs(
  lab: Lab,
  catalogs: JudgedCatalog[],
  embeddings?: BenchEmbeddings,
): Promise<RankedQuery[]> {
  const searched: RankedQuery[] = []
  for (const one of catalogs) searched.push(...(await searchCatalog(lab, one, embeddings)))
  return searched
}

async function searchCatalog(
  lab: Lab,
  { name, rows, queries }: JudgedCatalog,
  embeddings: BenchEmbeddings | undefined,
): Promise<RankedQuery[]> {
  await using stack = new AsyncDisposableStack()
  const { catalog } = await openJudgedCatalog(stack, lab, rows, { embeddings })
  const model = embeddings?.model ?? null
  const searched: RankedQuery[] = []
  for (const mode of MODES) {
    for (const judged of queries) {
      lab.signal.throwIfAborted()
      const answer = await searchOne(catalog, judged, mode)
      searched.push({ ...answer, catalog: name })
      lab.record({ model, ...buildRecord({ ...answer, catalog: name }) })
    }
  }
  return searched
}

/**
 * Fails when another mode was used than requested, because its figures would be reported under the wrong
 * name.
 */
async function searchOne(
  catalog: Catalog,
  judged: JudgedQuery,
  asked: SearchMode,
): Promise<Omit<RankedQuery, 'catalog'>> {
  const { mode, hits, note } = await catalog.search(judged.query, {}, { limit: LIMIT, mode: asked })
  if (mode !== asked) throw new Error(`${asked} was asked for and ${mode} ran: ${note ?? ''}`)
  const strong = hits.filter(({ strength }) => strength === 'strong')
  return {
    judged,
    mode,
    ranking: hits.map((hit) => hit.capability.resource),
    strong: strong.map((hit) => hit.capability.resource),
  }
}

/** Held-out queries are recorded without their text, because the search must not be tuned on them. */
function buildRecord({ catalog, judged, mode, ranking, strong }: RankedQuery): Row {
  const { query, kind, half } = judged
  const place = findBestRank(judged, ranking)
  const found = { place: Number.isFinite(place) ? place : null, strong: strong.length }
  if (half === 'held-out') return { catalog, kind, half, mode, ...found }
  return { catalog, query, kind, half, mode, ...found, first: ranking[0] ?? null }
}
