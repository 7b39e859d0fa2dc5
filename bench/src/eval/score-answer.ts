import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { ExpectedAnswer } from './golden-types.ts'

/** Counts of one answer against what is expected of it; they add up over types. */
export interface Score {
  /** Phrases among the capabilities, and those that name something expected. */
  phrases: number
  rightPhrases: number
  /** Core concepts, and those that some phrase names. */
  core: number
  coreFound: number
  providers: number
  providersFound: number
  providersWrong: number
  /** 1 when the complexity is a fair judgement. */
  complexityAgreed: number
  /** Core concepts that no phrase names, for people. */
  missed: string[]
}

/** Holds an answer against the golden expectation, by words and without any model. */
export function scoreAnswer(answer: InferredCapability, expected: ExpectedAnswer): Score {
  const accepted = [...expected.core, ...expected.also]
  const right = answer.capabilities.filter((phrase) =>
    accepted.some((concept) => names(phrase, concept)),
  )
  const missed = expected.core.filter(
    (concept) => !answer.capabilities.some((phrase) => names(phrase, concept)),
  )
  const named = new Set(answer.providers.map(plainName))
  const wanted = expected.providers.map(plainName)
  const harmless = new Set([...wanted, ...expected.mayBe.map(plainName)])
  return {
    phrases: answer.capabilities.length,
    rightPhrases: right.length,
    core: expected.core.length,
    coreFound: expected.core.length - missed.length,
    providers: wanted.length,
    providersFound: wanted.filter((name) => named.has(name)).length,
    providersWrong: [...named].filter((name) => !harmless.has(name)).length,
    complexityAgreed: expected.complexity.includes(answer.complexity) ? 1 : 0,
    missed,
  }
}

/** The score of no answer: everything is missed. */
export function scoreMissingAnswer(expected: ExpectedAnswer): Score {
  return {
    phrases: 0,
    rightPhrases: 0,
    core: expected.core.length,
    coreFound: 0,
    providers: expected.providers.length,
    providersFound: 0,
    providersWrong: 0,
    complexityAgreed: 0,
    missed: expected.core,
  }
}

/** Whether a phrase holds all words of one wording. A word is met by its beginning: `renew` by `renewal`. */
function names(phrase: string, concept: string): boolean {
  const words = phrase.toLowerCase().split(/[^\p{L}\p{N}-]+/u)
  const parts = words.flatMap((word) => [word, ...word.split('-')])
  return concept
    .split('|')
    .some((wording) =>
      wording.split(' ').every((wanted) => parts.some((word) => word.startsWith(wanted))),
    )
}

/** `Apache Kafka`, `apache-kafka` and `kafka` are one provider. */
function plainName(provider: string): string {
  return provider
    .toLowerCase()
    .replace(/^(apache|amazon|microsoft)[ -]/, '')
    .replace(/\s*\(.*\)$/, '')
}
