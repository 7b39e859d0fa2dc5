import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { StoredResult } from '@capstan/shared/contract/stored-result'

/** A complete answer as the result cache stores it; `change` sets the fields that matter to the test. */
export function makeStoredResult(change: Partial<StoredResult> = {}): StoredResult {
  return {
    answer: {
      capabilities: ['databases'],
      providers: [],
      abstractions: [],
      complexity: 'low',
      description: 'Makes databases.',
      useCase: 'When you need one.',
      confidence: 0.9,
      searchPhrases: [],
    },
    usage: { ...NO_USAGE, inputTokens: 10, outputTokens: 5 },
    model: 'm',
    promptVersion: 'p',
    sharedWith: 0,
    requestId: 'req_1',
    scanId: 'scan_00000000000000000000000000000001',
    worker: 'host-1',
    attempt: 1,
    inferredAt: '2026-11-23T10:00:00.000Z',
    durationMs: 4_000,
    ...change,
  }
}
