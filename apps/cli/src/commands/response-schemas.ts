import { z } from 'zod'
import { MATCH_STRENGTHS } from '@capstan/shared/contract/choice-names'
import { ProviderFault } from '@capstan/shared/contract/problem'
import { pageSchema } from '@capstan/shared/contract/page'
import { CapabilityView } from '@capstan/shared/contract/capability'
import { EndpointProblem } from '@capstan/shared/contract/worker-status'
import { ResourceType } from '@capstan/shared/contract/resource-type'

/** A type of the cluster and the state of its catalog row. */
export const ResourceRow = ResourceType.extend({
  resource: z.string(),
  capability: z.string(),
})
export type ResourceRow = z.infer<typeof ResourceRow>
export const ResourceRowPage = pageSchema(ResourceRow)

/** State of one model of one account. Amounts are per minute. */
const ProviderAccount = z.looseObject({
  name: z.string(),
  model: z.string(),
  limits: z.record(z.string(), z.object({ available: z.number(), limit: z.number() })),
  concurrency: z.object({ limit: z.number(), inFlight: z.int() }),
  paused: z.object({ forMs: z.number(), reason: z.string() }).nullable(),
  breaker: z.object({
    state: z.enum(['closed', 'open', 'half-open']),
    forMs: z.number(),
    reason: z.string().nullable(),
  }),
  health: z
    .object({ state: z.string(), fault: ProviderFault.nullable() })
    .nullish()
    .describe('Missing in responses of older servers.'),
  /** When the pause or the open period ends; null when calls may start. */
  until: z.string().nullable(),
  /** Dialect of the endpoint; null before it is known. */
  dialect: z
    .object({ output: z.string(), limit: z.string(), system: z.string() })
    .nullish()
    .catch(null),
})

/** A model provider, as reported by the workers. */
export const ProviderRow = z.looseObject({
  id: z.string(),
  configured: z.boolean(),
  default: z.boolean(),
  demo: z.boolean(),
  models: z.array(z.string()),
  endpoints: z.array(z.string()).default([]),
  problem: EndpointProblem.nullable().default(null),
  workers: z.int(),
  accounts: z.array(ProviderAccount).default([]),
})
export type ProviderRow = z.infer<typeof ProviderRow>
export const ProviderReport = z.object({ data: z.array(ProviderRow) })

/** A pause or an open circuit breaker that was ended early. */
export const EndedPauseRow = z.object({
  account: z.string(),
  model: z.string(),
  reason: z.string(),
  until: z.string(),
})
export type EndedPauseRow = z.infer<typeof EndedPauseRow>

export const SearchRow = z.object({
  capability: CapabilityView,
  score: z.number(),
  strength: z.enum(MATCH_STRENGTHS),
  matched: z.array(z.string()),
})
export type SearchRow = z.infer<typeof SearchRow>
export const SearchReport = z.looseObject({
  mode: z.string(),
  note: z.string().nullable(),
  data: z.array(SearchRow),
})

export const VersionReport = z.looseObject({
  name: z.string(),
  version: z.string(),
  node: z.string(),
})
export const ReadinessReport = z.looseObject({
  ready: z.boolean(),
  degraded: z.array(z.string()),
  checks: z
    .array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() }))
    .default([]),
})
