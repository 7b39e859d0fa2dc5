import { z } from 'zod'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { defineTool } from './define-tool.ts'
import { followScanProgress } from './follow-progress.ts'
import { ScanIdInput, ScanSummary } from './shared-fields.ts'
import { describeScanForModel, summarizeScan } from './summarize-scan.ts'

/** Below the usual timeout of clients and proxies, 60 s. */
const MAX_WAIT_SECONDS = 50

export const getScanTool = defineTool({
  name: 'get_scan',
  description:
    'Reads the state, cost and failures of a scan. With waitSeconds it waits for the end of the scan and sends progress.',
  route: 'GET /api/v1/scans/:id',
  annotations: { readOnlyHint: true },
  input: ScanIdInput.extend({
    waitSeconds: z.number().int().min(0).max(MAX_WAIT_SECONDS).default(0),
  }),
  output: ScanSummary,
  run: async (context, { scanId, waitSeconds }) => {
    const scan =
      waitSeconds === 0
        ? await context.rest.read(Scan, { method: 'GET', path: `/scans/${scanId}` })
        : await followScanProgress(context, scanId, waitSeconds * 1_000)
    return { data: summarizeScan(scan), text: describeScanForModel(scan) }
  },
})
