import { z } from 'zod'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { createCursorError, decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import { cleanData } from '../untrusted-text.ts'
import { defineTool } from './define-tool.ts'
import { describePlanCost, PlanEstimate, ScanSelection } from './selection.ts'
import { Cursor, Limit, NextCursor } from './shared-fields.ts'

const MAX_WARNINGS = 10

export const planScanTool = defineTool({
  name: 'plan_scan',
  description:
    'Estimates the cost and the time of a scan, and lists the types that need a model call. Costs nothing.',
  route: 'POST /api/v1/scans',
  annotations: { readOnlyHint: true },
  input: ScanSelection.extend({ limit: Limit, cursor: Cursor }),
  output: z.object({
    ...ScanPlan.pick({
      cluster: true,
      provider: true,
      model: true,
      total: true,
      toAnalyze: true,
      stored: true,
      curated: true,
      skippedUnchanged: true,
      excluded: true,
      warnings: true,
    }).shape,
    estimate: PlanEstimate,
    types: z.array(z.string()),
    nextCursor: NextCursor,
  }),
  run: async ({ rest }, { limit, cursor, ...selection }) => {
    const plan = await rest.read(ScanPlan, {
      method: 'POST',
      path: '/scans',
      body: { ...selection, dryRun: true },
    })
    const { resources, removals: _removals, unavailable: _unavailable, ...counts } = plan
    const names = resources.filter(({ action }) => action === 'analyze').map((one) => one.resource)
    const offset = cursor === undefined ? 0 : readOffset(cursor, names.length)
    const end = Math.min(names.length, offset + limit)
    const data = cleanData({
      ...counts,
      estimate: PlanEstimate.parse(plan.estimate),
      warnings: plan.warnings.slice(0, MAX_WARNINGS),
      types: names.slice(offset, end),
      nextCursor: end < names.length ? encodeCursor(String(end)) : null,
    })
    const text = `${data.toAnalyze} of ${data.total} types need a call of ${data.model}: ${describePlanCost(data.estimate)}. start_scan needs maxCostUsd.`
    return { data, text }
  },
})

function readOffset(cursor: string, length: number): number {
  const offset = Number(decodeCursor(cursor))
  if (Number.isInteger(offset) && offset > 0 && offset <= length) return offset
  throw createCursorError()
}
