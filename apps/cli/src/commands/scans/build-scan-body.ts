import type { z } from 'zod'
import type { FixByCode } from '../../client/response-errors.ts'
import { buildBudget, type BudgetOptions } from './build-budget.ts'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'

type ScanChoices = Pick<ScanRequestBody, 'provider' | 'priority' | 'order' | 'onConflict'>

/** Command-line options of a new scan. */
export interface ScanBodyOptions extends BudgetOptions, ScanChoices {
  exclude?: string[]
  full?: boolean
  batch?: boolean
  /** Undefined: the setting of the server decides. */
  curated?: boolean
  dryRun?: boolean
  strict?: boolean
  cluster?: string
  model?: string
  concurrency?: number
  label?: Record<string, string>
}

/** Body of POST /scans. */
export type ScanRequestBody = z.input<typeof ScanRequest>

/** Omitted options use the defaults of the server. */
export function buildScanBody(patterns: string[], options: ScanBodyOptions): ScanRequestBody {
  return omitUndefined({
    include: patterns.length > 0 ? patterns : undefined,
    exclude: options.exclude,
    mode: options.full ? 'full' : undefined,
    execution: options.batch ? 'batch' : undefined,
    curated: options.curated,
    cluster: options.cluster,
    provider: options.provider,
    model: options.model,
    priority: options.priority,
    order: options.order,
    onConflict: options.onConflict,
    concurrency: options.concurrency,
    labels: options.label,
    budget: buildBudget(options),
    dryRun: options.dryRun,
    strict: options.strict,
  })
}

/** Remedies for a rejected start or dry run. */
export const PLAN_FIXES: FixByCode = {
  UNKNOWN_RESOURCES:
    'List the types of the cluster with `capstan get resources`; without a pattern all are scanned.',
}
