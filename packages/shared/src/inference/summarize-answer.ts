import { createHash } from 'node:crypto'
import type { InferredCapability } from '../contract/capability.ts'

/** What the journal keeps of an answer. */
export interface AnswerSummary {
  confidence: number
  /** The first 8 of them. */
  capabilities: string[]
  /** Start of the SHA-256 of the whole answer: whether two scans found the same. */
  answerHash: string
}

/** The contract of `resource.succeeded` allows no more. */
const MAX_CAPABILITIES = 8
/** Hex digits kept for each of thousands of answers: enough to distinguish two of them. */
const HASH_DIGITS = 16

/** Summarizes an answer for the journal; equal answers have equal summaries. */
export function summarizeAnswer(answer: InferredCapability): AnswerSummary {
  const hash = createHash('sha256').update(JSON.stringify(answer)).digest('hex')
  return {
    confidence: answer.confidence,
    capabilities: answer.capabilities.slice(0, MAX_CAPABILITIES),
    answerHash: hash.slice(0, HASH_DIGITS),
  }
}
