import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'

/** A text that a model may return. */
interface AnswerText {
  name: string
  text: string
  /** Default: `end`. */
  stop?: 'end' | 'length'
}

export interface ValidAnswer extends AnswerText {
  /** The parsed answer. */
  value: InferredCapability
}

export interface InvalidAnswer extends AnswerText {
  /** Part of the expected error message. */
  fault: string
}

/** The answer about an invented type. */
export const LIGHTHOUSE: InferredCapability = {
  capabilities: ['lighthouse schedule', 'lamp change'],
  providers: [],
  abstractions: ['tide tables'],
  complexity: 'low',
  description: 'Lights a lamp (or two) at dusk; "fog" adds a horn.',
  useCase: 'When ships pass at night.',
  confidence: 0.8,
  searchPhrases: ['lamp for ships', "keeper's log"],
}

/** A second answer, used as a draft or a competing answer. */
export const FERRY: InferredCapability = {
  ...LIGHTHOUSE,
  capabilities: ['ferry crossing'],
  description: 'Carries carts over a river.',
}

export const lighthouse = JSON.stringify(LIGHTHOUSE)
export const ferry = JSON.stringify(FERRY)
export const prettyLighthouse = JSON.stringify(LIGHTHOUSE, null, 2)

/** Texts that are parsed as the answer LIGHTHOUSE. */
export function buildLighthouseAnswers(texts: Record<string, string>): ValidAnswer[] {
  return Object.entries(texts).map(([name, text]) => ({ name, text, value: LIGHTHOUSE }))
}
