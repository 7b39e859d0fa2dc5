import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Budget } from '@capstan/shared/contract/scan/budget'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { RestError } from '../rest-client.ts'
import { cleanData } from '../untrusted-text.ts'
import { defineTool } from './define-tool.ts'
import { describePlanCost, PlanEstimate, ScanSelection } from './selection.ts'
import type { ToolContext } from './tool-context.ts'

/** A scan plans for about this time before its first type ends. */
const POLL_MS = 2_000

export const startScanTool = defineTool({
  name: 'start_scan',
  description:
    'Starts a scan, which costs money, or joins a running scan of the same types. It pauses before it exceeds maxCostUsd. Then call get_scan.',
  route: 'POST /api/v1/scans',
  annotations: { readOnlyHint: false, destructiveHint: false },
  input: ScanSelection.extend({
    maxCostUsd: Budget.shape.maxCostUsd.unwrap().describe('Most that the scan may cost.'),
    idempotencyKey: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
      .optional()
      .describe('Repeat a call with its key when its answer was lost.'),
  }),
  output: z.object({
    scanId: Scan.shape.id,
    status: Scan.shape.status,
    joined: z.boolean(),
    pollAfterMs: z.int(),
    estimate: PlanEstimate,
  }),
  run: async (context, { maxCostUsd, idempotencyKey, ...selection }) => {
    const { estimate } = await context.rest.read(ScanPlan, {
      method: 'POST',
      path: '/scans',
      body: { ...selection, dryRun: true },
    })
    const body = { ...selection, budget: { maxCostUsd } }
    const scan = await startWithinBudget(context, body, idempotencyKey)
    const joined = scan.joined !== undefined
    const data = cleanData({
      scanId: scan.id,
      status: scan.status,
      joined,
      pollAfterMs: POLL_MS,
      estimate: PlanEstimate.parse(estimate),
    })
    const start = joined
      ? `Joined the running scan ${data.scanId}, which has its own budget`
      : `Started the scan ${data.scanId} for at most $${maxCostUsd}`
    const text = `${start}: ${describePlanCost(data.estimate)}. Call get_scan with waitSeconds until done is true.`
    return { data, text }
  },
})

/** A joined scan costs nothing more, and neither does a start that was refused. */
async function startWithinBudget(
  { rest, budget }: ToolContext,
  body: { budget: { maxCostUsd: number } },
  key: string | undefined,
): Promise<StartedScan> {
  const text = JSON.stringify([key ?? randomUUID(), body])
  const reservation = createHash('sha256').update(text).digest('hex')
  await budget.reserve(reservation, body.budget.maxCostUsd)
  try {
    const scan = await rest.read(StartedScan, {
      method: 'POST',
      path: '/scans',
      body,
      headers: { 'idempotency-key': key },
    })
    if (scan.joined !== undefined) await budget.release(reservation)
    return scan
  } catch (error) {
    const isRefused = error instanceof RestError && error.problem.status < 500
    if (isRefused && error.problem.code !== 'IDEMPOTENCY_IN_PROGRESS') {
      await budget.release(reservation)
    }
    throw error
  }
}
