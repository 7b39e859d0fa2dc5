import { Redis } from 'ioredis'
import { KeywordIndex } from '@capstan/catalog/in-process/keyword-index'
import { createLexicon } from '@capstan/catalog/lexicon'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { MATCH_FEATURES, measureMatch } from '@capstan/catalog/relevance/match-features'
import { buildMatchQuery } from '@capstan/catalog/relevance/match-query'
import { readMatchRow } from '@capstan/catalog/relevance/match-row'
import { createRedisKeys } from '@capstan/redis/keys'
import type { Lab } from '../../scenario.ts'
import { deletePrefix } from '../../stack/delete-prefix.ts'
import type { JudgedCatalog } from '../load-catalogs.ts'

export interface Candidate {
  /** Values of MATCH_FEATURES. */
  features: number[]
  judgement: 'best' | 'useful' | 'other'
}

/** A query of the tuning half and the rows that a search finds. */
export interface MatchSample {
  catalog: string
  isImpossible: boolean
  candidates: Candidate[]
}

const PREFIX = '{capstan-bench-fit}'
const DEPTH = 20

/** Measures what a search finds for each query of the tuning half. */
export async function collectSamples(
  lab: Lab,
  { name, rows, queries }: JudgedCatalog,
): Promise<MatchSample[]> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.adopt(new Redis(lab.redisUrl), (open) => open.disconnect())
  stack.defer(() => deletePrefix(lab.redisUrl, PREFIX))
  const lexicon = createLexicon()
  const options = { lexicon }
  const catalog = stack.adopt(openRedisCatalog(redis, createRedisKeys(PREFIX), options), (open) =>
    open.close(),
  )
  await catalog.put(rows)
  const index = new KeywordIndex(lexicon)
  for (const row of rows) index.set(row.id, row)
  const samples: MatchSample[] = []
  for (const { query, kind, half, best, also } of queries) {
    if (half === 'held-out') continue
    lab.signal.throwIfAborted()
    const { hits } = await catalog.search(query, {}, { limit: DEPTH })
    const { words } = await index.search(query)
    const asked = buildMatchQuery(words, index, lexicon)
    const candidates = hits.map(({ capability }): Candidate => {
      const measured = measureMatch(readMatchRow(capability, lexicon), asked)
      const { resource } = capability
      return {
        features: MATCH_FEATURES.map((feature) => measured[feature]),
        judgement: best.includes(resource) ? 'best' : also.includes(resource) ? 'useful' : 'other',
      }
    })
    samples.push({ catalog: name, isImpossible: kind === 'negative', candidates })
  }
  return samples
}
