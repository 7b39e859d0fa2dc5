import { MATCH_FEATURES } from '@capstan/catalog/relevance/match-features'
import { MATCH_MODEL } from '@capstan/catalog/relevance/match-score'
import type { Coefficients } from '../../relevance/fit/logistic-regression.ts'
import type { MatchSample } from '../../relevance/fit/match-sample.ts'
import {
  computeEqualErrorRate,
  computeOrderedShare,
  drawTradeOff,
} from '../../relevance/fit/trade-off.ts'
import {
  crossValidate,
  trainMatchScore,
  type ScoredSample,
} from '../../relevance/fit/train-match-score.ts'
import { renderLineChart } from '../../report/line-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import { FIT_METHOD, FIT_REMARKS } from './fit-match-score-text.ts'

/** Share of answerable queries that may lose their strong match. */
const MAX_LOST = 0.05
const DIGITS = 2

/** The same samples, measured with an embedding model. */
export interface EmbeddedSamples {
  model: string
  samples: MatchSample[]
}

/** The page: coefficients, what they reach by catalog, the trade-off, and what each feature adds. */
export function renderFitPage(
  samples: MatchSample[],
  embedded?: EmbeddedSamples,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const scored = crossValidate(samples)
  const used = selectScanned(scored)
  const threshold = findThreshold(used)
  return {
    title: 'How is the score of a search hit fitted?',
    method: FIT_METHOD,
    rows: buildCoefficientRows(MATCH_FEATURES, trainMatchScore(samples), threshold),
    moreTables: [
      {
        text: 'The tuning half, each query by a fit that has not seen it.',
        rows: buildCatalogRows(scored, threshold),
      },
      {
        text: 'The same over all catalogs of scans, without one feature each, at the threshold where the same share of queries is lost.',
        rows: MATCH_FEATURES.map((feature, at) => buildAblationRow(samples, feature, at)),
      },
      ...(embedded ? buildEmbeddedTables(embedded) : []),
    ],
    plots: [renderPlot(used, embedded)],
    findings: [`* ${describeEqualErrorRate(used, 'without a model')}`, FIT_REMARKS].join('\n'),
  }
}

function selectScanned(scored: ScoredSample[]): ScoredSample[] {
  const scanned = scored.filter(({ sample }) => sample.catalog !== 'hand-written')
  return scanned.length > 0 ? scanned : scored
}

function buildEmbeddedTables({ model, samples }: EmbeddedSamples): { text: string; rows: Row[] }[] {
  const scored = crossValidate(samples)
  const used = selectScanned(scored)
  const threshold = findThreshold(used)
  const fitted = trainMatchScore(samples)
  return [
    {
      text: `Coefficients with the embedding model \`${model}\`. The score does not use *meaning*, the relatedness of query and row ([search](../search.md#with-an-embedding-model)), because it adds too little. ${describeEqualErrorRate(used, `with \`${model}\``)}`,
      rows: buildCoefficientRows([...MATCH_FEATURES, 'meaning'], fitted, threshold),
    },
    {
      text: `The tuning half with \`${model}\`, each query by a fit that has not seen it.`,
      rows: buildCatalogRows(scored, threshold),
    },
  ]
}

function buildCatalogRows(scored: ScoredSample[], threshold: number): Row[] {
  return [...Map.groupBy(scored, ({ sample }) => sample.catalog)].map(([catalog, all]) => ({
    catalog,
    ...buildThresholdRow(all, threshold),
  }))
}

function buildCoefficientRows(
  names: readonly string[],
  [intercept = 0, ...weights]: Coefficients,
  threshold: number,
): Row[] {
  const inUse = new Map<string, number>(Object.entries(MATCH_MODEL.weights))
  return [
    {
      coefficient: 'intercept',
      fitted: (intercept - threshold).toFixed(DIGITS),
      'in use': MATCH_MODEL.intercept.toFixed(DIGITS),
    },
    ...names.map((name, at) => ({
      coefficient: name,
      fitted: (weights[at] ?? 0).toFixed(DIGITS),
      'in use': inUse.get(name)?.toFixed(DIGITS) ?? null,
    })),
  ]
}

/** Log odds of both kinds of samples. */
function splitLogits(scored: ScoredSample[]) {
  const select = (condition: (sample: MatchSample) => boolean): number[] =>
    scored.filter(({ sample }) => condition(sample)).map(({ logit }) => logit)
  return {
    answerable: select(({ isImpossible }) => !isImpossible),
    impossible: select(({ isImpossible }) => isImpossible),
  }
}

/** The log odds below which as many answerable queries as permitted lose their strong match. */
function findThreshold(scored: ScoredSample[]): number {
  const sorted = splitLogits(scored).answerable.toSorted((a, b) => a - b)
  return sorted[Math.floor(MAX_LOST * sorted.length)] ?? 0
}

function buildThresholdRow(scored: ScoredSample[], threshold: number): Row {
  const { answerable, impossible } = splitLogits(scored)
  const computeWeakShare = (all: number[]): string =>
    (all.filter((logit) => logit < threshold).length / all.length).toFixed(3)
  return {
    'impossible questions': impossible.length,
    'without a strong match': computeWeakShare(impossible),
    'answerable queries': answerable.length,
    'lost their strong match': computeWeakShare(answerable),
    'pairs in order': computeOrderedShare(answerable, impossible).toFixed(3),
  }
}

function buildAblationRow(samples: MatchSample[], without: string, removed: number): Row {
  const fewer = samples.map((sample) => ({
    ...sample,
    candidates: sample.candidates.map((one) => ({
      ...one,
      features: one.features.filter((_, at) => at !== removed),
    })),
  }))
  const used = selectScanned(crossValidate(fewer))
  return { without, ...buildThresholdRow(used, findThreshold(used)) }
}

function describeEqualErrorRate(scored: ScoredSample[], condition: string): string {
  const { answerable, impossible } = splitLogits(scored)
  const rate = computeEqualErrorRate(answerable, impossible).toFixed(3)
  return `Equal error rate ${condition}, over the recorded clusters: ${rate}.`
}

function renderPlot(
  scored: ScoredSample[],
  embedded: EmbeddedSamples | undefined,
): BenchmarkPage['plots'][number] {
  const { answerable, impossible } = splitLogits(scored)
  const related = embedded && splitLogits(selectScanned(crossValidate(embedded.samples)))
  return {
    file: 'fit-match-score-trade-off.svg',
    alt: 'Impossible questions without a strong match over answerable queries that lose theirs, in percent, with the goal',
    svg: renderLineChart({
      title: 'Tuning half of the recorded clusters: each threshold',
      xName: 'answerable queries without a strong match, %',
      yName: 'impossible questions without one, %',
      lines: [
        { label: 'impossible questions', points: drawTradeOff(answerable, impossible) },
        ...(related
          ? [
              {
                label: `impossible questions with ${embedded.model}`,
                points: drawTradeOff(related.answerable, related.impossible),
              },
            ]
          : []),
        { label: 'goal', isDashed: true, points: GOAL },
      ],
    }),
  }
}

/** A curve reaches the goal if it passes above and to the left of the corner. */
const GOAL = [
  { x: 5, y: 100 },
  { x: 5, y: 85 },
  { x: 0, y: 85 },
]
