import { MIN_RELATEDNESS } from '@capstan/catalog/embedding-scale'
import { KeywordIndex } from '@capstan/catalog/in-process/keyword-index'
import { createLexicon } from '@capstan/catalog/lexicon'
import { MATCH_FEATURES, measureMatch } from '@capstan/catalog/relevance/match-features'
import { buildMatchQuery } from '@capstan/catalog/relevance/match-query'
import { readMatchRow } from '@capstan/catalog/relevance/match-row'
import type { BenchEmbeddings, Lab } from '../../scenario.ts'
import type { JudgedCatalog } from '../load-catalogs.ts'
import { openJudgedCatalog } from '../open-judged-catalog.ts'

export interface Candidate {
  /** Values of MATCH_FEATURES; with a model, the relatedness after them. */
  features: number[]
  judgement: 'best' | 'useful' | 'other'
}

/** A query of the tuning half and the rows that a search finds. */
export interface MatchSample {
  catalog: string
  query: string
  isImpossible: boolean
  candidates: Candidate[]
}

const DEPTH = 20

/** Measures what a search finds for each query of the tuning half, with an embedding model if one is given. */
export async function collectSamples(
  lab: Lab,
  { name, rows, queries }: JudgedCatalog,
  embeddings?: BenchEmbeddings,
): Promise<MatchSample[]> {
  await using stack = new AsyncDisposableStack()
  const lexicon = createLexicon()
  const options = { lexicon, embeddings }
  const { catalog, embeddingIndex } = await openJudgedCatalog(stack, lab, rows, options)
  const index = new KeywordIndex(lexicon)
  for (const row of rows) index.set(row.id, row)
  const samples: MatchSample[] = []
  for (const { query, kind, half, best, also } of queries) {
    if (half === 'held-out') continue
    lab.signal.throwIfAborted()
    const { hits } = await catalog.search(query, {}, { limit: DEPTH })
    const { words, stems } = await index.search(query)
    const related = new Map(await embeddingIndex?.search({ text: query, stems }, {}, lab.signal))
    const asked = buildMatchQuery(words, index, lexicon)
    const candidates = hits.map(({ capability }): Candidate => {
      const measured = measureMatch(readMatchRow(capability, lexicon), asked)
      const { cluster, resource } = capability
      const meaning = embeddingIndex
        ? [related.get(`${cluster}|${resource}`) ?? MIN_RELATEDNESS]
        : []
      return {
        features: [...MATCH_FEATURES.map((feature) => measured[feature]), ...meaning],
        judgement: best.includes(resource) ? 'best' : also.includes(resource) ? 'useful' : 'other',
      }
    })
    samples.push({ catalog: name, query, isImpossible: kind === 'negative', candidates })
  }
  return samples
}
