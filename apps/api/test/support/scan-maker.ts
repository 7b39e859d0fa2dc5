import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { createScanId } from '@capstan/shared/scan-id'
import type { NewScan } from '@capstan/scan-store/journal/open/new-scan'
import type { Journal, AttemptOutcome, PlanEntry } from '@capstan/scan-store/journal/types'
import { ensureJobs, type EnsureJobsDeps } from '@capstan/scan-store/queue/ensure-jobs'
import type { Route } from '@capstan/scan-store/routes/route'

const DEMO: Route = { provider: 'demo', model: 'demo-rules' }
const NO_USAGE = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }

/** Advances a scan of generated types as planner and workers do. */
export function scanMaker(journal: Journal) {
  return {
    open: async (
      cluster = 'test',
      budget: Budget = {},
      { provider, model, execution }: Route & Pick<NewScan['request'], 'execution'> = DEMO,
    ): Promise<string> => {
      const id = createScanId()
      await journal.open({
        id,
        request: {
          cluster,
          include: ['*'],
          exclude: [],
          mode: 'incremental',
          priority: 'normal',
          onConflict: 'parallel',
          labels: { team: 'a' },
          budget,
          ...(execution && { execution }),
        },
        provider,
        price: null,
        model,
        createdBy: 'local',
      })
      return id
    },
    plan: (id: string, names: string[]) =>
      journal.plan(id, {
        entries: names.map(entry),
        excluded: [{ resource: 'events', reason: 'excluded by pattern' }],
        unavailable: [],
        warnings: [],
      }),
    giveJobs: (deps: Omit<EnsureJobsDeps, 'journal'>, id: string) =>
      ensureJobs({ ...deps, journal }, id),
    work: async (id: string, name: string, end: 'succeeded' | 'failed' = 'succeeded') => {
      const claim = await journal.claim(id, name, 'worker-1')
      if (claim.outcome !== 'claimed') throw new Error(`not claimed: ${claim.outcome}`)
      await journal.record(id, name, claim.epoch, outcome(end))
    },
    read: async (id: string): Promise<Scan> => {
      const scan = await journal.scan(id)
      if (!scan) throw new Error('no such scan')
      return scan
    },
  }
}

function entry(resource: string): PlanEntry {
  return {
    resource,
    kind: 'Thing',
    group: 'example.com',
    version: 'v1',
    scope: 'Namespaced',
    definition: 'd'.repeat(64),
    contentKey: 'c'.repeat(64),
    estimatedTokens: 100,
    truncated: false,
    action: 'analyze',
  }
}

function outcome(end: 'succeeded' | 'failed'): AttemptOutcome {
  const facts = {
    worker: 'worker-1',
    startedAt: new Date().toISOString(),
    durationMs: 5,
    provider: 'demo',
    model: 'demo-rules',
    usage: NO_USAGE,
    calls: 1,
  }
  if (end === 'failed') {
    const problem = { reason: 'refused' as const, title: 'The model refused', retryable: false }
    return { type: 'failed', problem, ...facts }
  }
  const answer = { confidence: 0.9, capabilities: ['things'], answerHash: 'a'.repeat(16) }
  const found = { cached: false, costUsd: 0, ...answer }
  return { type: 'succeeded', ...found, ...facts }
}
