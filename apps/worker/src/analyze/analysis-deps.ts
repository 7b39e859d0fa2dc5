import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { RetryBudget } from '@capstan/limits/budgets/retry-budget'
import type { Log } from '@capstan/shared/log'
import type { RouteStatus } from '../accounts/route-status.ts'
import type { BatchAnswers } from '../call/answers/batch-answers.ts'
import type { ItemRequest, ModelCall, StoredAnswer } from '../call/model-call.ts'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'
import type { AnalysisTask } from './analysis-task.ts'

/** All that an analysis needs. */
export interface AnalysisDeps {
  journal: Pick<Journal, 'claim' | 'record' | 'pause' | 'item'>
  /** Adds jobs for the next waiting items of a scan with a concurrency. */
  addNext: (scanId: string) => Promise<unknown>
  /** Makes all workers release the waiting calls of a paused scan. */
  signalPause: (scanId: string) => Promise<void>
  definitions: Pick<DefinitionStore, 'get'>
  task: AnalysisTask
  /** The call pipeline. */
  callModel: ModelCall<ItemRequest, StoredAnswer>
  batchAnswers: Pick<BatchAnswers, 'release'>
  routes: Pick<RouteStatus, 'blockedMs' | 'chooseFallback' | 'planPause'>
  retries: RetryBudget
  metrics: WorkerMetrics
  log: Log
  workerId: string
}
