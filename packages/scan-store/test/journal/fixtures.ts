import { createScanId } from '@capstan/shared/scan-id'
import type { NewScan } from '@capstan/scan-store/journal/open/new-scan'
import type {
  Claim,
  Journal,
  AttemptOutcome,
  Plan,
  PlanEntry,
} from '@capstan/scan-store/journal/types'
import type { ItemProblem } from '@capstan/shared/contract/problem'

type OutcomeOf<T> = Extract<AttemptOutcome, { type: T }>

export const FAULT: ItemProblem = {
  reason: 'invalid_output',
  title: 'no JSON',
  retryable: false,
}
const SLOW_DOWN: ItemProblem = {
  reason: 'rate_limited',
  title: 'slow down',
  retryable: true,
}

export const FACTS = {
  worker: 'w1',
  startedAt: '2026-11-23T10:00:00.000Z',
  durationMs: 1000,
  provider: 'demo',
  model: 'demo-rules',
  usage: { inputTokens: 10, cachedTokens: 1, outputTokens: 5 },
  calls: 1,
  costUsd: 0.25,
}
export const SUCCEEDED: OutcomeOf<'succeeded'> = {
  ...FACTS,
  type: 'succeeded',
  cached: false,
  confidence: 0.9,
  capabilities: ['runs things'],
  answerHash: 'a'.repeat(16),
}
export const FAILED: OutcomeOf<'failed'> = { ...FACTS, type: 'failed', problem: FAULT }
export const RETRYING: OutcomeOf<'retrying'> = {
  ...FACTS,
  type: 'retrying',
  problem: SLOW_DOWN,
  delayMs: 5000,
  usesNoAttempt: false,
}
export const RELEASED: OutcomeOf<'released'> = {
  ...FACTS,
  type: 'released',
  because: 'worker stops',
}
/** Outcome of an attempt that waits for the call of another one. */
export const DEFERRED: OutcomeOf<'deferred'> = {
  ...FACTS,
  type: 'deferred',
  because: 'another scan is asking the same question',
  usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
  calls: 0,
  costUsd: 0,
}

/** Creates a scan, of a cluster of its own unless `change` contains one. */
export function newScan(change: Partial<NewScan['request']> = {}): NewScan {
  const id = createScanId()
  return {
    id,
    request: {
      cluster: `cluster-of-${id}`,
      include: ['*'],
      exclude: [],
      mode: 'incremental',
      priority: 'normal',
      onConflict: 'join',
      labels: {},
      ...change,
    },
    provider: 'demo',
    model: 'demo-rules',
    price: null,
    createdBy: 'local',
  }
}

export const SUMMARY = {
  confidence: 0.8,
  capabilities: ['stores things'],
  answerHash: 'c'.repeat(16),
}

export function entry(resource: string, action: PlanEntry['action'] = 'analyze'): PlanEntry {
  const type = {
    resource,
    kind: 'Thing',
    group: 'example.com',
    version: 'v1',
    scope: 'Namespaced' as const,
    definition: 'a'.repeat(64),
    contentKey: 'b'.repeat(64),
    estimatedTokens: 100,
    truncated: false,
  }
  if (action === 'stored') return { ...type, action, answer: SUMMARY, source: 'rules' }
  if (action === 'curated') return { ...type, action, answer: SUMMARY }
  if (action !== 'undescribable') return { ...type, action }
  return { ...type, action, problem: { ...FAULT, reason: 'schema_unavailable' } }
}

export function planOf(entries: PlanEntry[]): Plan {
  return {
    entries,
    excluded: [{ resource: 'events', reason: 'default' }],
    unavailable: [{ group: 'metrics.k8s.io', reason: 'no answer' }],
    warnings: ['one group is unavailable'],
  }
}

/** Opens a scan whose plan analyzes `resources`. Returns its id. */
export async function planned(
  journal: Journal,
  resources: string[],
  change?: Partial<NewScan['request']>,
): Promise<string> {
  const scan = newScan(change)
  await journal.open(scan)
  await journal.plan(scan.id, planOf(resources.map((resource) => entry(resource))))
  return scan.id
}

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t${index}.example.com`)
}

export function epochOf(claim: Claim | undefined): number {
  if (claim?.outcome !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(claim)}`)
  return claim.epoch
}

/** Claims an item and records its outcome. */
export async function finish(
  journal: Journal,
  scanId: string,
  resource: string,
  outcome: AttemptOutcome = SUCCEEDED,
): Promise<void> {
  const epoch = epochOf(await journal.claim(scanId, resource, outcome.worker))
  const answer = await journal.record(scanId, resource, epoch, outcome)
  if (answer !== 'recorded') throw new Error(`${resource} was not recorded: ${answer}`)
}
