import { z } from 'zod'
import type { ItemProblem } from '../contract/problem.ts'
import { Provider } from '../contract/scan.ts'
import type { JournalStore } from './journal.ts'
import { PlanFacts } from './plan-facts.ts'
import { scanKeys } from './scan-keys.ts'
import { scripts } from './scripts.ts'
import type { Claim, Journal, Outcome, Plan } from './types.ts'

type WorkSide = Pick<Journal, 'plan' | 'claim' | 'record' | 'abandon' | 'repair'>

// A type whose workers die this often is likely the cause; it must not take workers down for ever.
const MAX_LOSSES = 5
const WORKER_LOST: ItemProblem = {
  reason: 'worker_lost',
  title: `${MAX_LOSSES} workers died while they analysed this type`,
  hint: 'Look at the logs of the workers, then retry the scan.',
  retryable: false,
}

const Claimed = z.tuple([
  z.literal('claimed'),
  z.int(),
  z.int(),
  z.string(),
  z.string(),
  Provider,
  z.string(),
  z.enum(['incremental', 'full']),
])
const Refused = z.tuple([
  z.literal('refused'),
  z.enum(['paused', 'canceled', 'already-done', 'unknown']),
])

/** What the planner and the workers write. */
export function workSide({ redis, keys }: JournalStore): WorkSide {
  return {
    plan: async (scanId, plan) =>
      z
        .enum(['planned', 'already-planned', 'not-open'])
        .parse(await scripts.plan.run(redis, scanKeys(keys, scanId), planArguments(plan))),
    claim: async (scanId, resource, worker) => {
      const reply = await scripts.claim.run(redis, scanKeys(keys, scanId), [
        resource,
        worker,
        MAX_LOSSES,
        JSON.stringify(WORKER_LOST),
      ])
      return asClaim(scanId, resource, z.union([Claimed, Refused]).parse(reply))
    },
    record: async (scanId, resource, epoch, outcome) =>
      z
        .enum(['recorded', 'duplicate', 'fenced', 'unknown'])
        .parse(
          await scripts.record.run(
            redis,
            scanKeys(keys, scanId),
            recordArguments(resource, epoch, outcome),
          ),
        ),
    abandon: async (scanId, resource, problem) =>
      z
        .enum(['recorded', 'duplicate', 'unknown'])
        .parse(
          await scripts.abandon.run(redis, scanKeys(keys, scanId), [
            resource,
            JSON.stringify(problem),
            problem.reason,
          ]),
        ),
    repair: async (scanId) => ({
      repaired: z
        .array(z.string())
        .parse(await scripts.repair.run(redis, scanKeys(keys, scanId), [])),
    }),
  }
}

function asClaim(
  scanId: string,
  resource: string,
  reply: z.infer<typeof Claimed> | z.infer<typeof Refused>,
): Claim {
  if (reply[0] === 'refused') return { outcome: 'refused', because: reply[1] }
  const [, epoch, attempt, facts, cluster, provider, model, mode] = reply
  return {
    outcome: 'claimed',
    epoch,
    attempt,
    entry: { resource, action: 'analyze', ...PlanFacts.parse(JSON.parse(facts)) },
    scan: { id: scanId, cluster, provider, model, mode },
  }
}

function planArguments(plan: Plan): string[] {
  const byReason: Record<string, number> = {}
  for (const { reason } of plan.excluded) byReason[reason] = (byReason[reason] ?? 0) + 1
  return [
    JSON.stringify(plan.excluded),
    String(plan.excluded.length),
    JSON.stringify(byReason),
    JSON.stringify(plan.unavailable),
    JSON.stringify(plan.warnings),
    ...plan.entries.flatMap(({ resource, action, problem, ...facts }) => [
      resource,
      JSON.stringify(facts),
      action,
      problem ? JSON.stringify(problem) : '',
      problem?.reason ?? '',
    ]),
  ]
}

function recordArguments(resource: string, epoch: number, outcome: Outcome): (string | number)[] {
  const { usage } = outcome
  const problem = 'problem' in outcome ? outcome.problem : undefined
  const priced = outcome.type === 'succeeded' ? outcome.costUsd : outcome.calls > 0 ? null : 0
  return [
    resource,
    epoch,
    outcome.type,
    JSON.stringify(attemptLine(outcome)),
    outcome.durationMs,
    JSON.stringify(usage),
    usage.inputTokens,
    usage.cachedTokens,
    usage.outputTokens,
    outcome.calls,
    outcome.type === 'succeeded' && outcome.cached ? 1 : 0,
    priced === null ? 'unknown' : Math.round(priced * 1_000_000),
    outcome.type === 'succeeded' ? outcome.confidence : '',
    JSON.stringify(eventFacts(resource, outcome)),
    problem ? JSON.stringify(problem) : '',
    problem?.reason ?? '',
    outcome.type === 'retrying' ? Math.round(outcome.delayMs) : 0,
    outcome.type === 'retrying' && outcome.free ? 1 : 0,
  ]
}

function attemptLine(outcome: Outcome) {
  const { startedAt, durationMs, worker, provider, model, usage, type } = outcome
  const problem = 'problem' in outcome ? { problem: outcome.problem } : {}
  return {
    startedAtMs: Date.parse(startedAt),
    durationMs,
    worker,
    provider,
    model,
    usage,
    outcome: type,
    ...problem,
  }
}

function eventFacts(resource: string, outcome: Outcome) {
  if (outcome.type === 'released')
    return { resource, worker: outcome.worker, reason: outcome.because }
  if (outcome.type !== 'succeeded') return { resource }
  const { durationMs, usage, costUsd, cached, confidence, capabilities } = outcome
  return {
    resource,
    durationMs,
    usage,
    costUsd,
    cached,
    confidence,
    capabilities: capabilities.slice(0, 8),
  }
}
