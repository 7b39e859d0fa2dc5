import type { DailyLimits, DailyBudgetView } from '@capstan/shared/contract/daily-budget'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

/** Reads the spend of all scans today (UTC) and the lowest daily limits of live workers. */
export async function readDailyBudget({
  redis,
  keys,
}: Pick<ApiDeps, 'redis' | 'keys'>): Promise<DailyBudgetView> {
  const [spent, workers] = await Promise.all([
    openDailyBudget(redis, keys).read(),
    listWorkers(redis, keys),
  ])
  return { ...findLowestLimits(workers), ...spent }
}

function findLowestLimits(workers: WorkerStatus[]): DailyLimits {
  const lowest = (name: keyof DailyLimits): DailyLimits => {
    const limits = workers.flatMap(({ dailyLimits }) => dailyLimits?.[name] ?? [])
    return limits.length === 0 ? {} : { [name]: Math.min(...limits) }
  }
  return { ...lowest('maxTokens'), ...lowest('maxCostUsd') }
}
