import { z } from 'zod'
import { DailyLimits } from './daily-budget.ts'
import { NetworkTarget } from './network-target.ts'
import { Provider } from './provider.ts'

/** The reason why a configured provider cannot be used, or only by scans that name a model. */
export const EndpointProblem = z.object({ detail: z.string(), hint: z.string() })
export type EndpointProblem = z.infer<typeof EndpointProblem>

export const ServedProvider = z.object({
  provider: Provider,
  /** Default model. Null: the endpoint has not listed its models yet. */
  model: z.string().nullable(),
  /** Base URL, unless it is the default of the vendor. */
  endpoint: z.string().optional(),
  problem: EndpointProblem.optional(),
})
export type ServedProvider = z.infer<typeof ServedProvider>

/** Heartbeat of a worker, sent every few seconds. The entry expires without it. */
export const WorkerStatus = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  /** Maximum number of jobs, one per type, at the same time. */
  concurrency: z.int().positive(),
  /** Maximum number of types per call (multi-type prompt). Absent: 1. */
  typesPerCall: z.int().positive().optional(),
  /** Number of jobs that run now. */
  active: z.int().nonnegative(),
  draining: z.boolean(),
  /** Providers that it serves, the default first. */
  providers: z.array(ServedProvider),
  /** Fallback models, best first. */
  fallback: z.array(z.object({ provider: Provider, model: z.string() })).optional(),
  /** Daily budget of all scans in its settings. */
  dailyLimits: DailyLimits.optional(),
  /** Accounts by name, each with its default model. A call uses the account with the most headroom for its weight. */
  accounts: z
    .array(
      z.object({
        name: z.string(),
        provider: Provider,
        model: z.string().nullable(),
        weight: z.number().positive().default(1),
      }),
    )
    .default([]),
  /** Network route to the provider of each account. */
  network: z.array(NetworkTarget).optional(),
})
export type WorkerStatus = z.infer<typeof WorkerStatus>
