import type { Provider } from '@capstan/shared/contract/provider'
import type { CuratedLookup } from '@capstan/shared/inference/find-curated-result'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { Admission, Limiter } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Price } from '@capstan/shared/prices/price'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { Account } from '../accounts/account.ts'
import type { HealthWatch } from '../accounts/watch-health.ts'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'
import type { BatchAnswers } from './answers/batch-answers.ts'
import type { DailyBudgetGuard } from './daily-budget/daily-budget-guard.ts'
import type { Dialects } from './dialects/open-dialects.ts'
import type { LeaseHolder } from './answers/lease-holder.ts'
import type { BatchStageDeps } from './with-batch-answers.ts'
import type { FallbackDeps } from './with-fallback.ts'
import type { AnswerReader } from './with-repair.ts'

/** Dependencies of the stages near the SDK. */
export interface ProviderCallParts {
  accounts: Account[]
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
  health: HealthWatch
  dialects: Dialects
  dailyBudget: DailyBudgetGuard
  /** Undefined: the stage is off. */
  hedging?: HedgingParts | undefined
  callTimeoutMs: number
  /** How long permits and reservations last: longer than a call. */
  ttlMs: number
  findPrice: (provider: Provider, model: string) => Price | null
  onAdmitted: (provider: Provider, waitedMs: number) => void
  log: Log
}

interface HedgingParts {
  limiter: Pick<Limiter, 'snapshot'>
  budget: HedgeBudget
  journal: Pick<Journal, 'reserve'>
}

/** Dependencies of the stages around them. */
export interface PipelineParts {
  curated: CuratedLookup
  leases: Pick<LeaseHolder, 'acquire'>
  results: Pick<ResultCache, 'keepUnfinished' | 'dropUnfinished'>
  reader: AnswerReader
  promptVersion: string
  batchAnswers: BatchAnswers
  batch: BatchStageDeps
  /** Undefined: the stage is off. */
  fallback?: FallbackDeps | undefined
  /** 1: every type has a call of its own. */
  typesPerCall: number
  metrics: WorkerMetrics
  log: Log
}
