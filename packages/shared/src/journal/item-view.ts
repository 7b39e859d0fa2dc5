import { z } from 'zod'
import { NO_USAGE, Usage } from '../contract/capability.ts'
import { ItemProblem } from '../contract/problem.ts'
import { Attempt, ItemStatus, type ScanItem } from '../contract/scan.ts'
import { PlanFacts } from './plan-facts.ts'

const Json = z.string().transform((text): unknown => JSON.parse(text))

/** The state of an item as the scripts write it; short names because there are thousands. */
export const ItemState = z.object({
  s: ItemStatus,
  e: z.int(),
  n: z.int(),
  i: z.int(),
  st: z.number().optional(),
  ft: z.number().optional(),
  na: z.number().optional(),
  d: z.number().optional(),
  u: Json.pipe(Usage).optional(),
  c: z.boolean().default(false),
  cf: z.number().optional(),
  p: Json.pipe(ItemProblem).optional(),
  r: z.string().optional(),
})
export type ItemState = z.infer<typeof ItemState>

const AttemptLine = z.object({
  startedAtMs: z.number(),
  durationMs: z.number(),
  worker: z.string(),
  provider: z.string().default(''),
  model: z.string().default(''),
  usage: Usage.default(NO_USAGE),
  outcome: Attempt.shape.outcome,
  problem: ItemProblem.optional(),
})

/** The public view of one item from its three stored parts (JSON texts). */
export function itemView(
  resource: string,
  facts: string,
  state: string,
  attempts: string | null,
): ScanItem {
  const plan = PlanFacts.parse(JSON.parse(facts))
  const now = ItemState.parse(JSON.parse(state))
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
    estimatedTokens: plan.estimatedTokens,
    truncated: plan.truncated,
    startedAt: asTime(now.st),
    finishedAt: asTime(now.ft),
    nextAttemptAt: asTime(now.na),
    durationMs: now.d ?? null,
    usage: now.u ?? null,
    confidence: now.cf ?? null,
    problem: now.p ?? null,
    attempts: (attempts ?? '').split('\n').filter(Boolean).map(parseAttempt),
  }
}

function parseAttempt(line: string, index: number): Attempt {
  const { startedAtMs, problem, ...rest } = AttemptLine.parse(JSON.parse(line))
  return {
    ...rest,
    n: index + 1,
    startedAt: new Date(startedAtMs).toISOString(),
    ...(problem ? { problem } : {}),
  }
}

function asTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
