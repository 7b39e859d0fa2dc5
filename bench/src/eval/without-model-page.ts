import { renderBarChart } from '../report/bar-chart.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import { DATA, MEASURES, WORDS, describeMissed } from './page-texts.ts'
import { SOURCES, type SourcedAnswer } from './score-without-model.ts'
import { summarizeScores, type ScoreSummary } from './summarize-answers.ts'

/** For the curated answers about all golden types. */
const CURATED_GOAL = 0.9

/** Quality of the curated and of the rule-based answers, in total and by half. */
export function renderWithoutModelPage(
  answers: SourcedAnswer[],
): Omit<BenchmarkPage, 'name' | 'command'> {
  const groups = SOURCES.flatMap((source) => groupByHalf(answers, source))
  return {
    title: 'How good are answers without a model?',
    method: describeMethod(answers),
    rows: groups.map(buildRow),
    plots: [renderPlot(groups)],
    findings: writeFindings(answers, groups),
  }
}

interface ScoreGroup {
  source: SourcedAnswer['source']
  types: 'tuning' | 'held-out' | 'all'
  quality: ScoreSummary
}

function groupByHalf(answers: SourcedAnswer[], source: SourcedAnswer['source']): ScoreGroup[] {
  const own = answers.filter((answer) => answer.source === source)
  return (['tuning', 'held-out', 'all'] as const).map((types) => ({
    source,
    types,
    quality: summarizeScores(own.filter(({ half }) => types === 'all' || half === types)),
  }))
}

function buildRow({ source, types, quality }: ScoreGroup): Row {
  return {
    answers: source,
    types,
    number: quality.types,
    precision: quality.precision.toFixed(3),
    recall: quality.recall.toFixed(3),
    'complexity agrees': quality.complexity.toFixed(3),
    'providers, F1': quality.providerF1.toFixed(3),
  }
}

function renderPlot(groups: ScoreGroup[]): BenchmarkPage['plots'][number] {
  return {
    file: 'quality-demo.svg',
    alt: 'Precision and recall of curated and rule-based answers on both halves, with the goal',
    svg: renderBarChart({
      title: 'Answers without a model against the golden set',
      unit: '%',
      boundName: 'goal',
      bars: groups
        .filter(({ types }) => types !== 'all')
        .flatMap(({ source, types, quality }) =>
          (['precision', 'recall'] as const).map((measure) => ({
            label: `${measure}, ${source}, ${types}`,
            parts: [100 * quality[measure]],
            ...(source === 'curated' ? { bound: 100 * CURATED_GOAL } : {}),
          })),
        ),
    }),
  }
}

function writeFindings(answers: SourcedAnswer[], groups: ScoreGroup[]): string {
  const curated = answers.filter(({ source }) => source === 'curated')
  const known = new Set(curated.map(nameType))
  const unknown = answers.map(nameType).filter((name) => !known.has(name))
  const all = groups.find(({ source, types }) => source === 'curated' && types === 'all')
  return [
    ...(['precision', 'recall'] as const).map((measure) => describeGoal(measure, all?.quality)),
    `* Types without a curated answer: ${[...new Set(unknown)].join(', ') || 'none'}.`,
    `* In the tuning half these curated answers lack something expected: ${describeMissed(curated)}.`,
    '* A rule-based answer has one capability, the words of the kind. It is right where the kind names what the type does, and misses all else. Its confidence is 0.2 or 0.3.',
    '* Curated answers name projects and vendors beyond those that the golden set expects. Each of them counts as a wrong provider, so F1 is low.',
    WORDS,
    '* The curated answers were written without sight of the golden answers. Three of them were the examples of their form; this comparison leaves their types out: Pod, Certificate, ClusterIssuer.',
  ].join('\n')
}

function describeGoal(measure: 'precision' | 'recall', quality: ScoreSummary | undefined): string {
  const value = quality?.[measure] ?? 0
  const state = value >= CURATED_GOAL ? 'Reached' : 'Missed'
  return `* ${state}: a ${measure} of curated answers of at least ${CURATED_GOAL}; it is ${value.toFixed(3)}.`
}

function nameType({ kind, group }: SourcedAnswer): string {
  return group === '' ? kind : `${kind} (${group})`
}

function describeMethod(answers: SourcedAnswer[]): string {
  const types = new Set(answers.map(nameType)).size
  return [
    `${types} types, built-in ones and those of popular operators, with definitions in the shape of the real ones. A scan without a model answers known types from the [curated answers](../curated-answers.md) and gives the others [rule-based ones](../answers.md#without-a-model). Here each type has its curated answer, if there is one, and also the rule-based answer.`,
    MEASURES,
    DATA,
  ].join('\n\n')
}
