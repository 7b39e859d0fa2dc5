import type { Journal } from '@capstan/scan-store/journal/types'

const WORKER = 'bench'

/** Returns a function that records one type of a scan as analyzed, as a worker does. */
export function createScanWork(
  journal: Pick<Journal, 'claim' | 'record'>,
  scanId: string,
): (resource: string) => Promise<void> {
  return async (resource) => {
    const claim = await journal.claim(scanId, resource, WORKER)
    if (claim.outcome !== 'claimed') throw new Error(`${resource} was not claimed`)
    await journal.record(scanId, resource, claim.epoch, {
      type: 'succeeded',
      worker: WORKER,
      startedAt: new Date().toISOString(),
      durationMs: 1_500,
      provider: 'demo',
      model: 'demo-rules',
      usage: { inputTokens: 1_200, cachedTokens: 0, outputTokens: 300 },
      calls: 1,
      cached: false,
      costUsd: 0,
      confidence: 0.9,
      capabilities: ['manages things', 'stores things'],
      answerHash: 'a'.repeat(16),
    })
  }
}
