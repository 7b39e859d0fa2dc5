import { renderBarChart } from '../../report/bar-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import { HALVES, type JudgedQuery } from '../../relevance/judged-query.ts'
import type { JudgedCatalog } from '../../relevance/load-catalogs.ts'
import { computeRankMeasures, type RankMeasures } from '../../relevance/rank-measures.ts'
import { computeStrengthMeasures } from '../../relevance/strength-measures.ts'
import { EMBEDDED_REMARK, METHOD, REMARKS } from './search-relevance-text.ts'

/** One judged query and what a catalog answered to it. */
export interface RankedQuery {
  catalog: string
  judged: JudgedQuery
  mode: string
  /** Names of types, best first. */
  ranking: string[]
  /** Those of them that are strong matches. */
  strong: string[]
}

/** The same queries, asked with an embedding model. */
export interface EmbeddedSearches {
  model: string
  searched: RankedQuery[]
}

interface Goal {
  hit1?: number
  hit5?: number
  mrr?: number
}

/** Goals of the held-out half in the default mode. Those of hand-written rows: at most 0.01 below the page before. */
const GOALS: Record<string, Goal> = {
  '350 types': { hit1: 0.7, hit5: 0.92, mrr: 0.8 },
  '1600 types': { hit5: 0.85, mrr: 0.7 },
  'hand-written': { hit1: 0.858, hit5: 0.961, mrr: 0.905 },
}
const STRENGTH_GOAL = { silent: 0.85, lost: 0.05 }
const DEFAULT_MODE = 'hybrid'

/** The page: measures by catalog and half, then strength, modes and kinds of queries. */
export function renderSearchRelevancePage(
  searched: RankedQuery[],
  catalogs: JudgedCatalog[],
  embedded?: EmbeddedSearches,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const sources = catalogs.map(({ name, source }) => ({ catalog: name, rows: source }))
  const real = searched.filter(({ judged }) => judged.kind !== 'negative')
  const byDefault = real.filter(({ mode }) => mode === DEFAULT_MODE)
  const held = real.filter(({ judged }) => judged.half === 'held-out')
  const heldByDefault = held.filter(({ mode }) => mode === DEFAULT_MODE)
  return {
    title: 'Does the search find what people mean?',
    method: METHOD,
    rows: sources.flatMap((source) =>
      HALVES.map((half) => {
        const answers = byDefault.filter(
          ({ catalog, judged }) => catalog === source.catalog && judged.half === half,
        )
        return { ...source, half, ...buildRankRow(computeRankMeasures(answers)) }
      }),
    ),
    moreTables: [
      { text: 'Strong matches, in the default mode.', rows: buildStrengthRows(searched) },
      {
        text: 'The held-out half by mode.',
        rows: buildGroupRows(held, ({ catalog, mode }) => ({ catalog, mode })),
      },
      {
        text: 'The held-out half by kind of query, in the default mode.',
        rows: buildGroupRows(heldByDefault, ({ catalog, judged }) => ({
          catalog,
          'kind of query': judged.kind,
        })),
      },
      ...(embedded ? buildEmbeddedTables(embedded) : []),
    ],
    plots: [renderPlot(heldByDefault)],
    findings: [
      ...judgeRanks(heldByDefault),
      ...judgeStrengths(searched),
      ...(embedded ? judgeStrengths(embedded.searched, `with ${embedded.model}, `) : []),
      REMARKS,
      ...(embedded ? [EMBEDDED_REMARK] : []),
    ].join('\n'),
  }
}

function buildEmbeddedTables({
  model,
  searched,
}: EmbeddedSearches): BenchmarkPage['moreTables'] & object {
  const held = searched.filter(
    ({ judged, mode }) =>
      judged.kind !== 'negative' && judged.half === 'held-out' && mode !== 'keyword',
  )
  return [
    {
      text: `With the embedding model \`${model}\` behind an OpenAI-compatible server: the held-out half by mode. Mode *keyword* does not use it.`,
      rows: buildGroupRows(held, ({ catalog, mode }) => ({ catalog, mode })),
    },
    {
      text: `Strong matches with \`${model}\`, in the default mode.`,
      rows: buildStrengthRows(searched),
    },
  ]
}

function buildRankRow({ queries, hit1, hit5, mrr, ndcg10 }: RankMeasures): Row {
  return {
    queries,
    'hit@1': hit1.toFixed(3),
    'hit@5': hit5.toFixed(3),
    MRR: mrr.toFixed(3),
    'nDCG@10': ndcg10.toFixed(3),
  }
}

function buildGroupRows(answers: RankedQuery[], toGroup: (one: RankedQuery) => Row): Row[] {
  const groups = Map.groupBy(answers, (one) => JSON.stringify(toGroup(one)))
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    return first ? [{ ...toGroup(first), ...buildRankRow(computeRankMeasures(members)) }] : []
  })
}

function groupByCatalogAndHalf(searched: RankedQuery[]) {
  const answers = searched.filter(({ mode }) => mode === DEFAULT_MODE)
  return [...Map.groupBy(answers, ({ catalog }) => catalog)].flatMap(([catalog, all]) =>
    HALVES.map((half) => {
      const members = all.filter(({ judged }) => judged.half === half)
      return { catalog, half, measures: computeStrengthMeasures(members) }
    }),
  )
}

function buildStrengthRows(searched: RankedQuery[]): Row[] {
  return groupByCatalogAndHalf(searched).map(({ catalog, half, measures }) => ({
    catalog,
    half,
    'impossible questions': measures.impossible,
    'without a strong match': measures.silent.toFixed(3),
    'answerable queries': measures.answerable,
    'lost their strong match': measures.lost.toFixed(3),
    'best answer is weak': measures.bestIsWeak.toFixed(3),
  }))
}

function renderPlot(held: RankedQuery[]): BenchmarkPage['plots'][number] {
  return {
    file: 'search-relevance.svg',
    alt: 'hit@5 and MRR of each catalog on the held-out queries, with the goals',
    svg: renderBarChart({
      title: 'Held-out queries: hit@5 and 100 × MRR',
      unit: '',
      boundName: 'goal',
      bars: [...Map.groupBy(held, ({ catalog }) => catalog)].flatMap(([catalog, answers]) => {
        const { hit5, mrr } = computeRankMeasures(answers)
        const goal = GOALS[catalog]
        return [
          { label: `${catalog}, hit@5 in %`, parts: [100 * hit5], ...toBound(goal?.hit5) },
          { label: `${catalog}, 100 × MRR`, parts: [100 * mrr], ...toBound(goal?.mrr) },
        ]
      }),
    }),
  }
}

function toBound(goal: number | undefined): { bound?: number } {
  return goal === undefined ? {} : { bound: 100 * goal }
}

function judgeRanks(held: RankedQuery[]): string[] {
  return [...Map.groupBy(held, ({ catalog }) => catalog)].flatMap(([catalog, answers]) => {
    const measures = computeRankMeasures(answers)
    return (['hit1', 'hit5', 'mrr'] as const).flatMap((name) => {
      const goal = GOALS[catalog]?.[name]
      if (goal === undefined) return []
      const label = { hit1: 'hit@1', hit5: 'hit@5', mrr: 'MRR' }[name]
      return [
        writeGoal(
          `${catalog}, held-out ${label} ≥ ${goal}`,
          measures[name] >= goal,
          measures[name],
        ),
      ]
    })
  })
}

function judgeStrengths(searched: RankedQuery[], prefix = ''): string[] {
  const { silent, lost } = STRENGTH_GOAL
  return groupByCatalogAndHalf(searched)
    .filter(({ half, measures }) => half === 'held-out' && measures.impossible > 0)
    .flatMap(({ catalog, measures }) => [
      writeGoal(
        `${prefix}${catalog}, held-out: at least ${100 * silent} % of impossible questions without a strong match`,
        measures.silent >= silent,
        measures.silent,
      ),
      writeGoal(
        `${prefix}${catalog}, held-out: at most ${100 * lost} % of answerable queries lose their strong match`,
        measures.lost <= lost,
        measures.lost,
      ),
    ])
}

function writeGoal(goal: string, isReached: boolean, value: number): string {
  return `* Goal (${goal}): ${isReached ? 'reached' : '**not reached**'} (${value.toFixed(3)}).`
}
