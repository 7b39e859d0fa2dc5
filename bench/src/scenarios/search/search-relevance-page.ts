import { renderBarChart } from '../../report/bar-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { Half, JudgedQuery } from '../../relevance/judged-query.ts'
import { computeRankMeasures, type RankMeasures } from '../../relevance/rank-measures.ts'

/** One judged query and what the catalog answered to it. */
export interface RankedQuery {
  judged: JudgedQuery
  mode: string
  /** Names of types, best first. */
  ranking: string[]
}

/** Goals of the held-out half in the default mode, hybrid, without a key. */
const GOAL = { hit5: 0.9, mrr: 0.75 }

interface Group {
  mode: string
  half: Half
  measures: RankMeasures
}

/** The page: measures by mode and half, then by kind of query, then negatives. */
export function renderSearchRelevancePage(
  searched: RankedQuery[],
  types: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const real = searched.filter(({ judged }) => judged.kind !== 'negative')
  const groups = groupRuns(real)
  return {
    title: 'Does the search find what people mean?',
    method: describeMethod(searched, types),
    rows: groups.map(({ mode, half, measures }) => ({ mode, half, ...buildRow(measures) })),
    moreTables: [{ text: 'The held-out half by kind of query.', rows: buildKindRows(real) }],
    plots: [renderPlot(groups)],
    findings: writeFindings(groups, searched),
  }
}

function groupRuns(searched: RankedQuery[]): Group[] {
  const byMode = Map.groupBy(searched, ({ mode }) => mode)
  return [...byMode].flatMap(([mode, answers]) =>
    (['tuning', 'held-out'] as const).map((half) => ({
      mode,
      half,
      measures: computeRankMeasures(answers.filter(({ judged }) => judged.half === half)),
    })),
  )
}

function buildRow({ queries, hit1, hit5, mrr, ndcg10 }: RankMeasures): Row {
  return {
    queries,
    'hit@1': hit1.toFixed(3),
    'hit@5': hit5.toFixed(3),
    MRR: mrr.toFixed(3),
    'nDCG@10': ndcg10.toFixed(3),
  }
}

function buildKindRows(searched: RankedQuery[]): Row[] {
  const held = searched.filter(({ judged }) => judged.half === 'held-out')
  const byKind = Map.groupBy(held, ({ judged, mode }) => `${mode}|${judged.kind}`)
  return [...byKind].map(([name, answers]) => {
    const [mode = '', kind = ''] = name.split('|')
    return { mode, 'kind of query': kind, ...buildRow(computeRankMeasures(answers)) }
  })
}

function renderPlot(groups: Group[]): BenchmarkPage['plots'][number] {
  const held = groups.filter(({ half }) => half === 'held-out')
  return {
    file: 'search-relevance.svg',
    alt: 'hit@5 and MRR of each mode on the held-out queries, with the goals',
    svg: renderBarChart({
      title: 'Held-out queries: hit@5 and 100 × MRR',
      unit: '',
      boundName: 'goal',
      bars: held.flatMap(({ mode, measures }) => [
        { label: `${mode}, hit@5 in %`, parts: [100 * measures.hit5], bound: 100 * GOAL.hit5 },
        { label: `${mode}, 100 × MRR`, parts: [100 * measures.mrr], bound: 100 * GOAL.mrr },
      ]),
    }),
  }
}

function writeFindings(groups: Group[], searched: RankedQuery[]): string {
  const held = groups.filter(({ half }) => half === 'held-out')
  const goals = held.map(({ mode, measures: { hit5, mrr } }) => {
    const reached = hit5 >= GOAL.hit5 && mrr >= GOAL.mrr
    return `* Goal of the held-out half (hit@5 ≥ ${GOAL.hit5}, MRR ≥ ${GOAL.mrr}), mode ${mode}: ${reached ? 'reached' : '**not reached**'} (${hit5.toFixed(3)}, ${mrr.toFixed(3)}).`
  })
  return [
    ...goals,
    ...describeNegatives(searched),
    '* The held-out half was written and judged blind, by another author than the search, the thesaurus and the tuning half: while the search was tuned for the last time, and neither author saw the work of the other. It was read once, for this page, after the tuning, and nothing was changed because of it. The two authors think alike all the same: 7 of 148 first drafts equalled an older query letter for letter and were replaced, and near ones may be left, so take the figures as the friendly end.',
    '* Tuned was on the tuning half, on every query that an earlier version of this page held out (they are all in the tuning half now), on the search phrases of rows that had lost them, and on further questions made up for it in rounds, each of which was asked before anything was changed because of it. The tuning half shows how well the search was fitted, not how good it is.',
    '* The rows are those that the search was tuned on. Names of types and the words that a model answers are the same in other catalogs; unforeseen words of users are not understood there either.',
    '* The judgements are strict: a type that is merely useful is no hit, only a gain in nDCG.',
  ].join('\n')
}

/** One line per mode for queries without an answer. */
function describeNegatives(searched: RankedQuery[]): string[] {
  const negatives = searched.filter(({ judged }) => judged.kind === 'negative')
  return [...Map.groupBy(negatives, ({ mode }) => mode)].map(([mode, answers]) => {
    const silent = answers.filter(({ ranking }) => ranking.length === 0).length
    return `* Of ${answers.length} queries for what no type does, ${silent} were answered by nothing in mode ${mode}; the others got types that share a word or a likeness. They are in no other figure.`
  })
}

function describeMethod(searched: RankedQuery[], types: number): string {
  const asked = new Map(searched.map(({ judged }) => [judged.query, judged.kind]))
  const negatives = [...asked.values()].filter((kind) => kind === 'negative').length
  const real = asked.size - negatives
  return [
    `${real} queries over ${types} types, judged by hand, and ${negatives} queries for what no type does. The types are built-in ones and those of popular operators, each with capabilities, description, use case and search phrases in the form a model answers them; a few made-up groups (under example.com) are among them. Queries name types, tasks and providers, use synonyms and other words than the rows, or have typing errors.`,
    'Part of each kind of query is held out: nothing in the search may be changed because of how it is answered. *hit@k* is the share of queries with a best answer among the first k, *MRR* the mean of 1 / its place (0 below the tenth), *nDCG@10* counts a best answer 3 and a useful one 1, against the ideal order.',
    'The catalog is the default one in a real Redis, without a key for an embedding service. Each query is asked in each mode; a search that names none runs *hybrid*, and the goal is set for that one. The data is in `bench/data/relevance`.',
  ].join('\n\n')
}
