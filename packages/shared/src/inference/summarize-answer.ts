import { createHash } from 'node:crypto'
import type { CapabilityAnswer } from '../contract/inferred-capability.ts'

/** Summary of an answer in the journal. */
export interface AnswerSummary {
  confidence: number
  /** The first 8 capabilities. */
  capabilities: string[]
  /** Prefix of the SHA-256 of the answer, to compare the answers of two scans. */
  answerHash: string
}

/** Maximum in the schema of `resource.succeeded`. */
const MAX_CAPABILITIES = 8
/** Short, because the journal has thousands of answers; long enough to distinguish two of them. */
const HASH_DIGITS = 16

/** Summarizes an answer for the journal. Equal answers have equal summaries. */
export function summarizeAnswer(answer: CapabilityAnswer): AnswerSummary {
  const hash = createHash('sha256').update(JSON.stringify(answer)).digest('hex')
  return {
    confidence: answer.confidence,
    capabilities: answer.capabilities.slice(0, MAX_CAPABILITIES),
    answerHash: hash.slice(0, HASH_DIGITS),
  }
}
