import { z } from 'zod'
import { DayLimits } from './day.ts'
import { NetworkTarget } from './network-target.ts'
import { Provider } from './provider.ts'

/** Why a provider cannot be used as it is set up, or not without naming a model. */
export const EndpointProblem = z.object({ detail: z.string(), hint: z.string() })
export type EndpointProblem = z.infer<typeof EndpointProblem>

export const ServedProvider = z.object({
  provider: Provider,
  /** Used when a scan names none. Null: its endpoint has not said yet which one that is. */
  model: z.string().nullable(),
  /** Base URL, when it is not the vendor's own. */
  endpoint: z.string().optional(),
  problem: EndpointProblem.optional(),
})
export type ServedProvider = z.infer<typeof ServedProvider>

/** What a worker says of itself every few seconds; the entry expires when it falls silent. */
export const WorkerStatus = z.object({
  id: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  concurrency: z.int().positive(),
  /** Most types that one call asks about, when types wait for a limit. Absent: one. */
  pack: z.int().positive().optional(),
  active: z.int().nonnegative(),
  draining: z.boolean(),
  /** Providers it can serve. First is the default. */
  providers: z.array(ServedProvider),
  /** Who answers in place of a provider that stays down, best first. */
  fallback: z.array(z.object({ provider: Provider, model: z.string() })).optional(),
  /** What it lets all scans together spend on a day. */
  dayLimits: DayLimits.optional(),
  /** Its accounts by name, each with the model it uses when a scan names none; null as above. */
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
  /** How it reaches the provider of each account. */
  network: z.array(NetworkTarget).optional(),
})
export type WorkerStatus = z.infer<typeof WorkerStatus>
