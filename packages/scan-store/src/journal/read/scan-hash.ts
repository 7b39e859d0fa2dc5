import { z } from 'zod'
import { ItemProblem, ProviderFault } from '@capstan/shared/contract/problem'
import { BUDGET_LIMITS } from '@capstan/shared/contract/scan/budget'
import { Execution, ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { Provider } from '@capstan/shared/contract/provider'

const Json = z.string().transform((text): unknown => JSON.parse(text))
const Milliseconds = z.coerce.number().transform((ms) => new Date(ms).toISOString())
const Count = z.coerce.number().int().default(0)

/** The scan hash as the scripts write it. */
export const ScanHash = z.object({
  id: z.string(),
  status: ScanStatus,
  runAttempt: z.coerce.number().int(),
  cluster: z.string(),
  mode: z.enum(['incremental', 'full']),
  execution: Execution.default('calls'),
  order: ScanOrder.default('name'),
  curated: z
    .enum(['0', '1'])
    .default('0')
    .transform((text) => text === '1'),
  concurrency: z.coerce.number().int().optional(),
  provider: Provider,
  model: z.string(),
  createdBy: z.string(),
  include: Json.pipe(z.array(z.string())),
  exclude: Json.pipe(z.array(z.string())),
  labels: Json.pipe(z.record(z.string(), z.string())),
  createdAt: Milliseconds,
  startedAt: Milliseconds.optional(),
  finishedAt: Milliseconds.optional(),
  total: z.coerce.number().int().optional(),
  excluded: Count,
  excludedByReason: Json.pipe(z.record(z.string(), z.int())).default({}),
  unavailable: Json.pipe(z.array(z.object({ group: z.string(), reason: z.string() }))).default([]),
  warnings: Json.pipe(z.array(z.string())).default([]),
  inputTokens: Count,
  cachedTokens: Count,
  outputTokens: Count,
  estimatedTokens: Count,
  calls: Count,
  cacheHits: Count,
  curatedAnswers: Count,
  costMicros: Count,
  unpriced: z.string().optional(),
  maxTokens: z.coerce.number().int().optional(),
  maxCostMicros: z.coerce.number().int().optional(),
  maxFailures: z.coerce.number().int().optional(),
  stoppedBy: z.enum(BUDGET_LIMITS).optional(),
  workMs: Count,
  pause: Json.pipe(
    z.object({
      by: z.string(),
      reason: z.string(),
      problem: ItemProblem.optional(),
      fault: ProviderFault.optional(),
    }),
  ).optional(),
  problem: Json.pipe(ItemProblem).optional(),
  recent: z.string().default(''),
  seq: Count,
  leftTokens: Count,
  discarded: Count,
  unchanged: Count,
})
export type ScanHash = z.infer<typeof ScanHash>
