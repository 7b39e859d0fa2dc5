import type { ScoredAnswer } from './ask-golden.ts'

/** Texts of every page about the golden set. */
export const MEASURES =
  '*Precision* is the share of the capabilities that name something expected, *recall* the share of the core concepts that some capability names, with synonyms accepted. *Complexity agrees* when it is one of the fair judgements. *Providers, F1* is the harmonic mean of their precision and recall, where doubtful ones count for nothing. A type without a valid answer counts as an empty answer. Half of the types are held out from tuning.'

export const DATA = 'The data is in `bench/data/golden`.'

export const WORDS = [
  '* Phrases are compared by words, so a right phrase in words that the golden set does not know counts as wrong: precision is a lower bound. A core concept counts as named whenever its words occur, so recall is generous to vague phrases.',
  '* Definitions and expectations were written by one author. The definitions are shortened: real ones are longer and harder to read.',
].join('\n')

/** Lists what answers of the tuning half lack. Those of the held-out half are not listed, because they must not be used for tuning. */
export function describeMissed(answers: ScoredAnswer[]): string {
  const missing = answers.filter(({ half, score }) => half === 'tuning' && score.missed.length > 0)
  const texts = missing.map(
    ({ kind, score }) =>
      `${kind} (${score.missed.map((concept) => concept.split('|')[0]).join(', ')})`,
  )
  return texts.join('; ') || 'none'
}
