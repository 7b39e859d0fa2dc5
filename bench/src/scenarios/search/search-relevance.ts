import { Redis } from 'ioredis'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Catalog, SearchMode } from '@capstan/catalog/catalog'
import { createRedisKeys } from '@capstan/redis/keys'
import { loadJudgedQueries, type JudgedQuery } from '../../relevance/judged-query.ts'
import { loadKnownTypes } from '../../relevance/known-types.ts'
import { findBestRank } from '../../relevance/rank-measures.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import type { Row } from '../../report/table.ts'
import { deletePrefix } from '../../stack/delete-prefix.ts'
import { renderSearchRelevancePage, type RankedQuery } from './search-relevance-page.ts'

const PREFIX = '{capstan-bench-relevance}'
const LIMIT = 10
/** Hybrid is the default mode of a search. */
const MODES: readonly SearchMode[] = ['hybrid', 'keyword', 'semantic']

/** Whether the search finds what users mean: judged queries against judged types, half of them held out. */
export const searchRelevance: Scenario = {
  name: 'search-relevance',
  summary: 'judged queries against the catalog in each mode, without any key; some seconds',
  // Nothing is random.
  seeds: 1,
  run: async (lab) => {
    const types = loadKnownTypes()
    const searched = await searchAll(lab, types)
    return renderSearchRelevancePage(searched, types.length)
  },
}

async function searchAll(
  lab: Lab,
  types: ReturnType<typeof loadKnownTypes>,
): Promise<RankedQuery[]> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.adopt(new Redis(lab.redisUrl), (open) => open.disconnect())
  stack.defer(() => deletePrefix(lab.redisUrl, PREFIX))
  const catalog = stack.adopt(openRedisCatalog(redis, createRedisKeys(PREFIX)), (open) =>
    open.close(),
  )
  await catalog.put(types)
  const searched: RankedQuery[] = []
  for (const mode of MODES) {
    for (const judged of loadJudgedQueries()) {
      lab.signal.throwIfAborted()
      const answer = await searchOne(catalog, judged, mode)
      searched.push(answer)
      lab.record(recordOf(answer))
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
): Promise<RankedQuery> {
  const { mode, hits, note } = await catalog.search(judged.query, {}, { limit: LIMIT, mode: asked })
  if (mode !== asked) throw new Error(`${asked} was asked for and ${mode} ran: ${note ?? ''}`)
  return { judged, mode, ranking: hits.map((hit) => hit.capability.resource) }
}

function recordOf({ judged, mode, ranking }: RankedQuery): Row {
  const { query, kind, half } = judged
  const place = findBestRank(judged, ranking)
  const first = ranking[0] ?? null
  return { query, kind, half, mode, place: Number.isFinite(place) ? place : null, first }
}
