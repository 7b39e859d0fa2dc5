import { z } from 'zod'
import { ANSWER_SOURCES, SHOWN_SOURCES } from './choice-names.ts'

/** Source of an answer: a model, the curated answers, or rules. */
export const AnswerSource = z.enum(ANSWER_SOURCES)
export type AnswerSource = z.infer<typeof AnswerSource>

/** The source of a catalog row as it is shown: `override` when a person has replaced fields of the answer. */
export const ShownSource = z.enum(SHOWN_SOURCES)
export type ShownSource = z.infer<typeof ShownSource>

/** `provenance.provider` of a curated answer. It is no model provider, so no scan can name it. */
export const CURATED_PROVIDER = 'curated'

/** Classifies the provider of an answer. Imported rows may name any provider, which is a model's. */
export function classifyProvider(provider: string): AnswerSource {
  if (provider === CURATED_PROVIDER) return 'curated'
  return provider === 'demo' ? 'rules' : 'model'
}

/** Reads the source of a catalog row from its provenance and its override. */
export function readAnswerSource(row: {
  provenance: { provider: string }
  override: object | null
}): ShownSource {
  return row.override ? 'override' : classifyProvider(row.provenance.provider)
}
