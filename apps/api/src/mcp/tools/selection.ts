import { z } from 'zod'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { Cluster } from './shared-fields.ts'

/** Types to scan, as in the body of POST /scans. */
export const ScanSelection = z.object({
  cluster: Cluster,
  include: ScanRequest.shape.include.describe('Types or patterns, such as `*.cnpg.io`.'),
  exclude: ScanRequest.shape.exclude,
  mode: ScanRequest.shape.mode.describe('`full` also repeats unchanged types.'),
})

/** The estimate of a dry run. */
export const PlanEstimate = ScanPlan.shape.estimate.pick({
  costUsd: true,
  pricing: true,
  durationSeconds: true,
})

/** Describes the cost of a plan. */
export function describePlanCost({ costUsd, pricing }: z.infer<typeof PlanEstimate>): string {
  if (costUsd === null || pricing === 'unknown') return 'unknown cost'
  return `about $${costUsd.expected.toFixed(4)}, at most $${costUsd.high.toFixed(4)}`
}
