import { z } from 'zod'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'

/** Inputs that several tools have. */
export const Cluster = z
  .string()
  .min(1)
  .max(253)
  .optional()
  .describe('Context of the kubeconfig. Default: the configured cluster.')
export const Limit = z.number().int().min(1).max(100).default(10)
export const Cursor = z.string().max(1_024).optional().describe('`nextCursor` of the last answer.')
export const NextCursor = z.string().nullable()
export const ScanIdInput = z.object({ scanId: ScanId })

/** Fields of a scan that agents need. */
export const ScanSummary = z.object({
  scanId: ScanId,
  ...Scan.pick({ status: true, done: true, cluster: true, warnings: true }).shape,
  progress: Scan.shape.progress.pick({
    total: true,
    finished: true,
    succeeded: true,
    failed: true,
    percent: true,
  }),
  costUsd: Scan.shape.usage.shape.costUsd,
  maxCostUsd: Scan.shape.budget.shape.maxCostUsd,
  etaSeconds: Scan.shape.eta.shape.seconds,
  waitsBecause: z.string().nullable(),
  failures: z.object({
    byReason: z.record(z.string(), z.int()),
    sample: z.array(z.object({ resource: z.string(), reason: z.string(), detail: z.string() })),
  }),
  pollAfterMs: z.int().nullable(),
})
export type ScanSummary = z.infer<typeof ScanSummary>
