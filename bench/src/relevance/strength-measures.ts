import type { JudgedQuery } from './judged-query.ts'

export interface StrengthMeasures {
  /** Queries that no type answers. */
  impossible: number
  /** Share of them without a strong match. */
  silent: number
  answerable: number
  /** Share of the answerable queries without any strong match. */
  lost: number
  /** Share of the answerable queries whose best answer is among the results, but weak. */
  bestIsWeak: number
}

export interface JudgedStrengths {
  judged: Pick<JudgedQuery, 'kind' | 'best'>
  /** Names of types, best first. */
  ranking: string[]
  /** Those of them that are strong matches. */
  strong: string[]
}

/** Measures whether strong matches tell answers from coincidences. NaN without queries of a kind. */
export function computeStrengthMeasures(answers: JudgedStrengths[]): StrengthMeasures {
  const impossible = answers.filter(({ judged }) => judged.kind === 'negative')
  const answerable = answers.filter(({ judged }) => judged.kind !== 'negative')
  const isSilent = ({ strong }: JudgedStrengths): boolean => strong.length === 0
  const isBestWeak = ({ judged, ranking, strong }: JudgedStrengths): boolean =>
    ranking.some((name) => judged.best.includes(name)) &&
    !strong.some((name) => judged.best.includes(name))
  return {
    impossible: impossible.length,
    silent: computeShare(impossible, isSilent),
    answerable: answerable.length,
    lost: computeShare(answerable, isSilent),
    bestIsWeak: computeShare(answerable, isBestWeak),
  }
}

function computeShare<T>(all: T[], condition: (one: T) => boolean): number {
  return all.filter(condition).length / all.length
}
