import { findPrice } from '@capstan/shared/prices/price-table'
import { computeCostUsd } from '@capstan/shared/prices/price'
import type { Model } from '@capstan/shared/inference/types'
import { renderBarChart } from '../report/bar-chart.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { GoldenAnswer } from './ask-golden.ts'
import { DATA, MEASURES, WORDS, describeMissed } from './page-texts.ts'
import { summarizeAnswers, type Quality } from './summarize-answers.ts'

/** Quality and cost of a provider's answers, in total and by half. */
export function renderEvalPage(
  model: Pick<Model, 'provider' | 'model'>,
  answers: GoldenAnswer[],
): Omit<BenchmarkPage, 'name' | 'command'> {
  const halves = (['tuning', 'held-out'] as const).map((half) => ({
    name: half,
    quality: summarizeAnswers(answers.filter((answer) => answer.half === half)),
  }))
  const groups = [...halves, { name: 'all', quality: summarizeAnswers(answers) }]
  return {
    title: `How good are the answers of ${model.provider}/${model.model}?`,
    method: describeMethod(answers.length),
    rows: groups.map(({ name, quality }) => ({ types: name, ...buildRow(quality, model) })),
    plots: [renderPlot(model, groups)],
    findings: writeFindings(answers),
  }
}

function buildRow(quality: Quality, { provider, model }: Pick<Model, 'provider' | 'model'>): Row {
  const { usage } = quality
  const cost = computeCostUsd(usage, findPrice(provider, model))
  return {
    number: quality.types,
    precision: quality.precision.toFixed(3),
    recall: quality.recall.toFixed(3),
    'complexity agrees': quality.complexity.toFixed(3),
    'providers, F1': quality.providerF1.toFixed(3),
    failures: quality.failures,
    repaired: quality.repaired,
    'tokens in (cached) / out': `${usage.inputTokens} (${usage.cachedTokens}) / ${usage.outputTokens}`,
    'cost, USD':
      cost === null ? 'unknown' : `${usage.estimatedTokens ? 'about ' : ''}${cost.toFixed(4)}`,
    'latency, median (most), ms': `${Math.round(quality.medianMs)} (${Math.round(quality.slowestMs)})`,
  }
}

function renderPlot(
  { provider }: Pick<Model, 'provider'>,
  groups: { name: string; quality: Quality }[],
): BenchmarkPage['plots'][number] {
  return {
    file: `quality-${provider}.svg`,
    alt: 'Precision, recall, agreement of complexity and provider F1 on both halves',
    svg: renderBarChart({
      title: `Answers of ${provider} against the golden set`,
      unit: '%',
      bars: groups
        .filter(({ name }) => name !== 'all')
        .flatMap(({ name, quality }) => [
          { label: `precision, ${name}`, parts: [100 * quality.precision] },
          { label: `recall, ${name}`, parts: [100 * quality.recall] },
          { label: `complexity, ${name}`, parts: [100 * quality.complexity] },
          { label: `provider F1, ${name}`, parts: [100 * quality.providerF1] },
        ]),
    }),
  }
}

function writeFindings(answers: GoldenAnswer[]): string {
  const failed = answers.filter(({ failure }) => failure !== null)
  return [
    failed.length === 0
      ? '* Every type got a valid answer.'
      : `* No valid answer: ${failed.map(({ kind, failure }) => `${kind} (${failure})`).join(', ')}.`,
    `* In the tuning half these lack something expected: ${describeMissed(answers.filter(({ failure }) => failure === null))}.`,
    WORDS,
  ].join('\n')
}

function describeMethod(types: number): string {
  return [
    `${types} types, built-in ones and those of popular operators, with definitions in the shape of the real ones. Each is reduced to an outline, put as the question, sent through the provider's adapter and read, by the code that a worker uses, with one repair of an answer that is not valid.`,
    MEASURES,
    DATA,
  ].join('\n\n')
}
