import { Redis } from 'ioredis'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Catalog } from '@capstan/catalog/catalog'
import { redisKeys } from '@capstan/shared/redis/keys'
import { judgedQueries, type JudgedQuery } from '../relevance/judged-query.ts'
import { knownTypes } from '../relevance/known-types.ts'
import { placeOfBest } from '../relevance/rank-measures.ts'
import type { Lab, Scenario } from '../scenario.ts'
import { forgetPrefix } from '../stack/forget-prefix.ts'
import { searchRelevancePage } from './search-relevance-page.ts'

/** One judged query and what the catalog answered to it. */
export interface Searched {
  judged: JudgedQuery
  mode: string
  /** Names of types, best first. */
  ranking: string[]
}

const PREFIX = '{capstan-bench-relevance}'
const LIMIT = 10

/** Whether the search finds what people mean: judged queries against judged types, half of them held out. */
export const searchRelevance: Scenario = {
  name: 'search-relevance',
  summary: 'judged queries against the catalog in its default mode, without any key; some seconds',
  // Nothing in it is drawn by lot.
  seeds: 1,
  run: async (lab) => {
    const types = knownTypes()
    const searched = await searchAll(lab, types)
    return searchRelevancePage(searched, types.length)
  },
}

async function searchAll(lab: Lab, types: ReturnType<typeof knownTypes>): Promise<Searched[]> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.adopt(new Redis(lab.redisUrl), (open) => open.disconnect())
  stack.defer(() => forgetPrefix(lab.redisUrl, PREFIX))
  const catalog = stack.adopt(openRedisCatalog(redis, redisKeys(PREFIX)), (open) => open.close())
  await catalog.put(types)
  const searched: Searched[] = []
  for (const judged of judgedQueries()) {
    lab.signal.throwIfAborted()
    const answer = await searchOne(catalog, judged)
    searched.push(answer)
    lab.record({
      query: judged.query,
      kind: judged.kind,
      half: judged.half,
      mode: answer.mode,
      place: Number.isFinite(placeOf(answer)) ? placeOf(answer) : null,
      first: answer.ranking[0] ?? null,
    })
  }
  return searched
}

async function searchOne(catalog: Catalog, judged: JudgedQuery): Promise<Searched> {
  const { mode, hits } = await catalog.search(judged.query, {}, { limit: LIMIT })
  return { judged, mode, ranking: hits.map((hit) => hit.capability.resource) }
}

function placeOf({ judged, ranking }: Searched): number {
  return placeOfBest(judged, ranking)
}
