import type { WaitingQuestion } from '@capstan/scan-store/batches/batch-store'

/** Below the limits of the providers: 200 MB at OpenAI, 256 MB at Anthropic. */
const MAX_BYTES = 100_000_000
/** Each question contains the fixed part of the prompt; JSON escapes some of it. */
const BYTES_PER_TOKEN = 8

/** The oldest questions, limited by count and bytes. */
export function selectFirstBatch(
  waiting: WaitingQuestion[],
  maxRequests: number,
): WaitingQuestion[] {
  const oldest = waiting.toSorted((a, b) => a.sinceMs - b.sinceMs).slice(0, maxRequests)
  let bytes = 0
  const end = oldest.findIndex(({ estimatedTokens }) => {
    bytes += estimatedTokens * BYTES_PER_TOKEN
    return bytes > MAX_BYTES
  })
  return end === -1 ? oldest : oldest.slice(0, Math.max(1, end))
}
