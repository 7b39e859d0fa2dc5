import type { z } from 'zod'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Fixes } from '../client/answer-errors.ts'
import { budgetOf, type BudgetOptions } from './budget-of.ts'

/** What a command line says of a new scan. */
export interface BodyOptions extends BudgetOptions {
  exclude?: string[]
  full?: boolean
  batch?: boolean
  dryRun?: boolean
  strict?: boolean
  cluster?: string
  provider?: 'anthropic' | 'openai' | 'demo'
  model?: string
  priority?: 'high' | 'normal' | 'low'
  order?: 'name' | 'smallest-first' | 'largest-first'
  onConflict?: 'join' | 'reject' | 'parallel'
  concurrency?: number
  label?: Record<string, string>
}

/** Body of POST /scans. */
export type Body = z.input<typeof ScanRequest>

/** What was not asked for is left to the server. */
export function requestBody(patterns: string[], options: BodyOptions): Body {
  const body: Body = {
    include: patterns.length > 0 ? patterns : undefined,
    exclude: options.exclude,
    mode: options.full ? 'full' : undefined,
    execution: options.batch ? 'batch' : undefined,
    cluster: options.cluster,
    provider: options.provider,
    model: options.model,
    priority: options.priority,
    order: options.order,
    onConflict: options.onConflict,
    concurrency: options.concurrency,
    labels: options.label,
    budget: budgetOf(options),
    dryRun: options.dryRun,
    strict: options.strict,
  }
  return JSON.parse(JSON.stringify(body)) as Body // drops what is undefined
}

/** What helps when a start or a dry run is refused. */
export const PLAN_FIXES: Fixes = {
  UNKNOWN_RESOURCES:
    'See what the cluster offers with `capstan get resources`; without a pattern all of it is scanned.',
}
