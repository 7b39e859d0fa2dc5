import { z } from 'zod'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import { defineTool } from './define-tool.ts'
import { ScanIdInput } from './shared-fields.ts'
import { describeScanForModel } from './summarize-scan.ts'
import type { ToolContext } from './tool-context.ts'

/** As many names as an agent writes. */
const MAX_NAMES = 100

/** get_scan has the other fields. */
const ChangedScan = ScanIdInput.extend(Scan.pick({ status: true, done: true }).shape)

export const retryFailedTool = defineTool({
  name: 'retry_failed',
  description:
    'Retries failed types of a finished scan, all of them or those in `only`. Costs money up to the budget of the scan.',
  route: 'POST /api/v1/scans/:id/retry',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  input: ScanIdInput.extend({
    only: z.array(z.string().min(1).max(520)).min(1).max(MAX_NAMES).optional(),
  }),
  output: ChangedScan,
  run: async (context, { scanId, only }) => {
    await reserveRetry(context, scanId)
    const scan = await context.rest.read(Scan, {
      method: 'POST',
      path: `/scans/${scanId}/retry`,
      body: { only: only ?? 'failed' },
    })
    return { data: toChangedScan(scan), text: describeScanForModel(scan) }
  },
})

export const cancelScanTool = defineTool({
  name: 'cancel_scan',
  description:
    'Cancels a scan and aborts its running calls. Answers that it has already stored stay.',
  route: 'POST /api/v1/scans/:id/cancel',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: ScanIdInput,
  output: ChangedScan,
  run: async ({ rest }, { scanId }) => {
    const scan = await rest.read(Scan, { method: 'POST', path: `/scans/${scanId}/cancel` })
    return { data: toChangedScan(scan), text: describeScanForModel(scan) }
  },
})

function toChangedScan({ id, status, done }: Scan): z.infer<typeof ChangedScan> {
  return { scanId: id, status, done }
}

/** A retry may spend the rest of the budget of the scan, which may be another caller's. */
async function reserveRetry({ rest, budget }: ToolContext, scanId: string): Promise<void> {
  if (!budget.isLimited) return
  const scan = await rest.read(Scan, { method: 'GET', path: `/scans/${scanId}` })
  const { maxCostUsd } = scan.budget
  if (maxCostUsd === undefined) {
    throw new AppError(
      'FORBIDDEN',
      'The scan has no maxCostUsd, so its retry may cost any amount',
      {
        hint: 'Start a scan of the failed types with start_scan.',
      },
    )
  }
  const left = Math.max(0, maxCostUsd - (scan.usage.costUsd ?? 0))
  await budget.reserve(`retry ${scanId} ${scan.runAttempt}`, left)
}
