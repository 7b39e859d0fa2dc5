import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import { NO_SCAN_USAGE, type Scan } from '@capstan/shared/contract/scan/scan'

const NO_PROGRESS: Progress = {
  total: null,
  queued: 0,
  running: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  canceled: 0,
  finished: 0,
  percent: 0,
}

type Change = Partial<Omit<Scan, 'progress' | 'usage'>> & {
  progress?: Partial<Progress>
  usage?: Partial<Scan['usage']>
}

/** A complete scan; `change` names what the test is about. */
export function makeScan({ progress, usage, ...change }: Change = {}): Scan {
  const id = change.id ?? 'scan_0123456789abcdef0123456789abcdef'
  return {
    id,
    kind: 'capabilities',
    status: 'running',
    done: false,
    runAttempt: 1,
    cluster: 'prod',
    mode: 'incremental',
    execution: 'calls',
    curated: false,
    order: 'name',
    concurrency: null,
    provider: 'anthropic',
    model: 'claude-test',
    demo: false,
    include: ['*'],
    exclude: [],
    labels: {},
    createdAt: '2026-11-23T10:00:00.000Z',
    startedAt: '2026-11-23T10:00:01.000Z',
    finishedAt: null,
    createdBy: 'token:ci',
    progress: { ...NO_PROGRESS, ...progress },
    excluded: { count: 0, byReason: {} },
    unavailable: [],
    warnings: [],
    waitingFor: null,
    throttle: null,
    notFaster: null,
    eta: UNKNOWN_ETA,
    usage: {
      ...NO_SCAN_USAGE,
      costUsd: null,
      pricing: 'unknown',
      ...usage,
    },
    budget: { stoppedBy: null },
    workMs: 0,
    pause: null,
    failures: { byReason: {}, sample: [], discarded: 0 },
    problem: null,
    lastSeq: 0,
    links: {
      self: `/api/v1/scans/${id}`,
      events: `/api/v1/scans/${id}/events`,
      resources: `/api/v1/scans/${id}/resources`,
      ui: `/ui/scans/${id}`,
      board: '/queues/queue/infer-demo',
    },
    ...change,
  }
}
