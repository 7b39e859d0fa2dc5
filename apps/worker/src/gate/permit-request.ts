import type { Question } from '@capstan/shared/inference/types'
import { LEASE_MARGIN_MS } from './call-in-turn.ts'

/** What a call asks of the limits. */
export function permitRequest(
  { callTimeoutMs }: { callTimeoutMs: number },
  model: string,
  question: Question,
) {
  return {
    model,
    characters: question.system.length + question.user.length,
    maxOutputTokens: question.maxOutputTokens,
    types: question.types,
    ttlMs: callTimeoutMs + LEASE_MARGIN_MS,
  }
}
