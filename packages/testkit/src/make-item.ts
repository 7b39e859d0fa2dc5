import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'

/** A complete type of a scan; `change` sets the fields that matter to the test. */
export function makeItem(change: Partial<ScanItem> = {}): ScanItem {
  return {
    resource: 'widgets.example.com',
    kind: 'Widget',
    group: 'example.com',
    version: 'v1',
    scope: 'Namespaced',
    status: 'queued',
    attempt: 1,
    reason: null,
    cached: false,
    source: null,
    estimatedTokens: 100,
    truncated: false,
    startedAt: null,
    finishedAt: null,
    nextAttemptAt: null,
    durationMs: null,
    usage: null,
    confidence: null,
    problem: null,
    attempts: [],
    links: {
      self: '/api/v1/scans/x/resources/widgets.example.com',
      ui: '/ui/scans/x?item=widgets.example.com',
      board: null,
    },
    ...change,
  }
}
