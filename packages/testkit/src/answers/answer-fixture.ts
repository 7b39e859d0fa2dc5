import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'

/** A text that a model may answer. */
interface AnswerText {
  name: string
  text: string
  /** Default `end`. */
  stop?: 'end' | 'length'
}

export interface ValidAnswer extends AnswerText {
  /** What is read out of it. */
  value: InferredCapability
}

export interface InvalidAnswer extends AnswerText {
  /** Part of what is wrong with it. */
  fault: string
}

/** The answer of an invented type. */
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

/** Another one, as a draft or a rival. */
export const FERRY: InferredCapability = {
  ...LIGHTHOUSE,
  capabilities: ['ferry crossing'],
  description: 'Carries carts over a river.',
}

export const lighthouse = JSON.stringify(LIGHTHOUSE)
export const ferry = JSON.stringify(FERRY)
export const prettyLighthouse = JSON.stringify(LIGHTHOUSE, null, 2)

/** Texts that are read as the answer of the lighthouse. */
export function readAsLighthouse(texts: Record<string, string>): ValidAnswer[] {
  return Object.entries(texts).map(([name, text]) => ({ name, text, value: LIGHTHOUSE }))
}
