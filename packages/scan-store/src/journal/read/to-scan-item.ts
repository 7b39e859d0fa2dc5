import { z } from 'zod'
import { AnswerSource } from '@capstan/shared/contract/answer-source'
import type { Usage } from '@capstan/shared/contract/usage'
import { ItemProblem } from '@capstan/shared/contract/problem'
import { Attempt, ItemStatus, type ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { buildBoardJobPath } from '../../queue/board-path.ts'
import { StoredPlanEntry } from '../stored-plan-entry.ts'
import { buildUiItemPath } from '../ui-paths.ts'

const Json = z.string().transform((text): unknown => JSON.parse(text))

/** The state of an item as the scripts write it. lua/prelude.lua describes the fields. */
export const StoredItemState = z.object({
  s: ItemStatus,
  e: z.int(),
  n: z.int(),
  i: z.int(),
  st: z.number().optional(),
  ft: z.number().optional(),
  na: z.number().optional(),
  d: z.number().optional(),
  ti: z.int().default(0),
  tc: z.int().default(0),
  to: z.int().default(0),
  te: z.int().optional(),
  c: z.boolean().default(false),
  cf: z.number().optional(),
  p: Json.pipe(ItemProblem).optional(),
  r: z.string().optional(),
  ah: z.string().optional(),
  so: AnswerSource.optional(),
})
export type StoredItemState = z.infer<typeof StoredItemState>

const AttemptLine = z.object({
  n: z.int(),
  startedAtMs: z.number(),
  durationMs: z.int(),
  worker: z.string(),
  provider: z.string(),
  model: z.string(),
  usage: Attempt.shape.usage,
  outcome: Attempt.shape.outcome,
  problem: ItemProblem.optional(),
})

/** The three stored parts of one item (JSON texts). */
export interface StoredItemParts {
  facts: string
  state: string
  attempts: string | null
}

/** Builds the public view of one item. `queue` is the queue of its scan's route. */
export function toScanItem(
  { scanId, queue }: { scanId: string; queue: string },
  resource: string,
  { facts, state, attempts }: StoredItemParts,
): ScanItem {
  const plan = StoredPlanEntry.parse(JSON.parse(facts))
  const now = StoredItemState.parse(JSON.parse(state))
  return {
    resource,
    kind: plan.kind,
    group: plan.group,
    version: plan.version,
    scope: plan.scope,
    status: now.s,
    attempt: now.n,
    reason: now.r ?? null,
    cached: now.c,
    source: now.so ?? null,
    estimatedTokens: plan.estimatedTokens,
    truncated: plan.truncated,
    startedAt: asTime(now.st),
    finishedAt: asTime(now.ft),
    nextAttemptAt: asTime(now.na),
    durationMs: now.d ?? null,
    usage: buildUsage(now),
    confidence: now.cf ?? null,
    problem: now.p ?? null,
    attempts: (attempts ?? '').split('\n').filter(Boolean).map(parseAttempt),
    links: {
      self: `/api/v1/scans/${scanId}/resources/${encodeURIComponent(resource)}`,
      ui: buildUiItemPath(scanId, resource),
      board: mayHaveJob(now) ? buildBoardJobPath(queue, scanId, resource) : null,
    },
  }
}

/** An item that the plan ended never had a job. The job of a canceled item is removed. */
function mayHaveJob({ s: status, e: epoch }: StoredItemState): boolean {
  if (status === 'skipped' || status === 'canceled') return false
  return epoch > 0 || (status !== 'succeeded' && status !== 'failed')
}

function buildUsage({ d, ti, tc, to, te }: StoredItemState): Usage | null {
  if (d === undefined) return null
  const usage = { inputTokens: ti, cachedTokens: tc, outputTokens: to }
  return te === undefined ? usage : { ...usage, estimatedTokens: te }
}

function parseAttempt(line: string): Attempt {
  const { startedAtMs, problem, ...rest } = AttemptLine.parse(JSON.parse(line))
  return {
    ...rest,
    startedAt: new Date(startedAtMs).toISOString(),
    ...(problem ? { problem } : {}),
  }
}

function asTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
