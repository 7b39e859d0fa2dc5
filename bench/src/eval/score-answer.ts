import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { ExpectedAnswer } from './golden-types.ts'

/** Counts of one answer compared with the expected answer; they add up over types. */
export interface Score {
  /** Phrases among the capabilities, and those that match something expected. */
  phrases: number
  rightPhrases: number
  /** Core concepts, and those that a phrase matches. */
  core: number
  coreFound: number
  providers: number
  providersFound: number
  providersWrong: number
  /** 1 when the complexity is acceptable. */
  complexityAgreed: number
  /** Core concepts that no phrase matches, for people. */
  missed: string[]
}

/** Compares an answer with the expected one, by words and without a model. */
export function scoreAnswer(answer: InferredCapability, expected: ExpectedAnswer): Score {
  const accepted = [...expected.core, ...expected.also]
  const right = answer.capabilities.filter((phrase) =>
    accepted.some((concept) => matchesConcept(phrase, concept)),
  )
  const missed = expected.core.filter(
    (concept) => !answer.capabilities.some((phrase) => matchesConcept(phrase, concept)),
  )
  const named = new Set(answer.providers.map(normalizeProvider))
  const wanted = expected.providers.map(normalizeProvider)
  const harmless = new Set([...wanted, ...expected.mayBe.map(normalizeProvider)])
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

/** Score of a missing answer. */
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

/** Whether a phrase contains all words of one wording. Words match by prefix: `renew` matches `renewal`. */
function matchesConcept(phrase: string, concept: string): boolean {
  const words = phrase.toLowerCase().split(/[^\p{L}\p{N}-]+/u)
  const parts = words.flatMap((word) => [word, ...word.split('-')])
  return concept
    .split('|')
    .some((wording) =>
      wording.split(' ').every((wanted) => parts.some((word) => word.startsWith(wanted))),
    )
}

/** `Apache Kafka`, `apache-kafka` and `kafka` are one provider. */
function normalizeProvider(provider: string): string {
  return provider
    .toLowerCase()
    .replace(/^(apache|amazon|microsoft)[ -]/, '')
    .replace(/\s*\(.*\)$/, '')
}
