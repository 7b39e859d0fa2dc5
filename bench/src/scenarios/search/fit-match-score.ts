import { collectSamples, type MatchSample } from '../../relevance/fit/match-sample.ts'
import { loadJudgedCatalogs, type JudgedCatalog } from '../../relevance/load-catalogs.ts'
import type { BenchEmbeddings, Lab, Scenario } from '../../scenario.ts'
import { renderFitPage } from './fit-match-score-page.ts'

/** Fits the match score on the tuning half. Its result is copied into `match-score.ts` by hand. */
export const fitMatchScore: Scenario = {
  name: 'fit-match-score',
  summary:
    'fits the score of search hits on the tuning half (--cluster 350=FILE --cluster 1600=FILE for recorded clusters), and with an embedding model (--embeddings MODEL:DIMENSIONS=URL); a minute',
  // Nothing is random.
  seeds: 1,
  run: async (lab) => {
    const catalogs = await loadJudgedCatalogs(lab)
    const { embeddings } = lab
    const samples = await collectAll(lab, catalogs)
    const embedded = embeddings && {
      model: embeddings.model,
      samples: await collectAll(lab, catalogs, embeddings),
    }
    return renderFitPage(samples, embedded)
  },
}

async function collectAll(
  lab: Lab,
  catalogs: JudgedCatalog[],
  embeddings?: BenchEmbeddings,
): Promise<MatchSample[]> {
  const samples: MatchSample[] = []
  for (const catalog of catalogs) {
    // Its queries are those for hand-written rows once more.
    if (catalog.name === 'demo cluster') continue
    samples.push(...(await collectSamples(lab, catalog, embeddings)))
  }
  return samples
}
