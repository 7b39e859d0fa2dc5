import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type RigOptions } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { callTool, connectMcp, readToolText } from './mcp-client.ts'

const TOKENS = { one: 'operator-token-0123456789abc', other: 'other-operator-token-012345' }
const Started = z.object({
  scanId: z.string(),
  joined: z.boolean(),
  pollAfterMs: z.number(),
  estimate: z.object({ pricing: z.string() }).loose(),
})
const Summary = z.looseObject({
  status: z.string(),
  done: z.boolean(),
})

async function startScanRig(options: RigOptions = {}) {
  const tokens = parseTokens(`one:scan:${TOKENS.one},other:scan:${TOKENS.other},v:read:${VIEWER}`)
  const { clusters } = literalClusters(['Queue', 'Topic'])
  const rig = await startRig({ clusters, tokens, ...options })
  const client = await connectMcp(rig.url, { token: TOKENS.one })
  return { ...rig, client, maker: scanMaker(rig.deps.journal) }
}
const VIEWER = 'viewer-token-0123456789abcdef'

test('a viewer can neither see nor call tools that plan or change scans', async () => {
  const { url } = await startScanRig()
  const client = await connectMcp(url, { token: VIEWER })
  const { tools } = await client.listTools()
  const names = ['plan_scan', 'start_scan', 'retry_failed', 'cancel_scan']
  expect(tools.filter(({ name }) => names.includes(name))).toEqual([])
  for (const name of names) {
    await expect(client.callTool({ name, arguments: {} })).rejects.toThrow('not found')
  }
})

test('a plan has the cost, and pages of the types that need a call', async () => {
  const { client } = await startScanRig()
  const Plan = z.looseObject({ types: z.array(z.string()), nextCursor: z.string().nullable() })
  const { data } = await callTool(client, Plan, 'plan_scan', { limit: 1 })
  expect(data).toMatchObject({ total: 2, toAnalyze: 2, estimate: { pricing: 'known' } })
  const next = await callTool(client, Plan, 'plan_scan', { limit: 1, cursor: data.nextCursor })
  expect([...data.types, ...next.data.types]).toHaveLength(2)
  expect(next.data.nextCursor).toBeNull()
})

test('a start needs maxCostUsd, and the scan has it as its budget', async () => {
  const { client, maker } = await startScanRig()
  const refused = await client.callTool({ name: 'start_scan', arguments: {} })
  expect(refused.isError).toBe(true)
  expect(readToolText(refused)).toContain('maxCostUsd')
  const { data } = await callTool(client, Started, 'start_scan', { maxCostUsd: 0.5 })
  expect(await maker.read(data.scanId)).toMatchObject({
    budget: { maxCostUsd: 0.5 },
    createdBy: 'token:one',
  })
})

test('a repeated start with the same idempotency key is the same scan and counts once', async () => {
  const { client } = await startScanRig({ agentBudgetUsd: 1 })
  const input = { maxCostUsd: 0.6, idempotencyKey: 'agent-1' }
  const first = await callTool(client, Started, 'start_scan', input)
  const second = await callTool(client, Started, 'start_scan', input)
  expect(second.data.scanId).toBe(first.data.scanId)
  expect(second.data.joined).toBe(false)
})

test('a start beyond the budget of the token is refused, and another token has its own', async () => {
  const { client, url } = await startScanRig({ agentBudgetUsd: 1 })
  await callTool(client, Started, 'start_scan', { maxCostUsd: 0.6, include: ['queues.*'] })
  const beyond = { maxCostUsd: 0.6, include: ['topics.*'] }
  await expect(callTool(client, Started, 'start_scan', beyond)).rejects.toThrow(
    /RATE_LIMITED: The budget .* \$0\.4000 are left/,
  )
  await callTool(client, Started, 'start_scan', { ...beyond, maxCostUsd: 0.4 })
  const other = await connectMcp(url, { token: TOKENS.other })
  await callTool(other, Started, 'start_scan', {
    maxCostUsd: 1,
    include: ['nodes', 'topics.*'],
    mode: 'full',
  })
})

test('a joined scan and a refused start do not count against the budget', async () => {
  const { client } = await startScanRig({ agentBudgetUsd: 1 })
  await callTool(client, Started, 'start_scan', { maxCostUsd: 0.4 })
  const joined = await callTool(client, Started, 'start_scan', { maxCostUsd: 0.4 })
  expect(joined.data.joined).toBe(true)
  const unknown = { maxCostUsd: 0.4, include: ['unknowns.example.com'] }
  await expect(callTool(client, Started, 'start_scan', unknown)).rejects.toThrow(
    'UNKNOWN_RESOURCES',
  )
  const last = { maxCostUsd: 0.6, mode: 'full' }
  await callTool(client, Started, 'start_scan', last)
})

test('an agent reads the failures of a scan, retries them and cancels the scan', async () => {
  const { client, maker } = await startScanRig({ agentBudgetUsd: 1 })
  const id = await maker.open('prod', { maxCostUsd: 0.5 })
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com', 'failed')
  const { data, text } = await callTool(client, Summary, 'get_scan', { scanId: id })
  expect(data).toMatchObject({ done: true, failures: { byReason: { refused: 1 } } })
  expect(text).toContain('b.example.com: refused. The model refused')
  const retried = await callTool(client, Summary, 'retry_failed', { scanId: id })
  expect(retried.data).toMatchObject({ scanId: id, done: false })
  const canceled = await callTool(client, Summary, 'cancel_scan', { scanId: id })
  expect(['canceling', 'canceled']).toContain(canceled.data.status)
})

test('with a budget, a scan without maxCostUsd cannot be retried by an agent', async () => {
  const { client, maker } = await startScanRig({ agentBudgetUsd: 1 })
  const id = await maker.open('prod')
  await maker.plan(id, ['b.example.com'])
  await maker.work(id, 'b.example.com', 'failed')
  await expect(callTool(client, Summary, 'retry_failed', { scanId: id })).rejects.toThrow(
    'FORBIDDEN: The scan has no maxCostUsd',
  )
})

test('a client that asks for progress gets it until the scan ends', async () => {
  const { client, maker } = await startScanRig()
  const id = await maker.open('prod')
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  const seen: number[] = []
  const waiting = client.callTool(
    { name: 'get_scan', arguments: { scanId: id, waitSeconds: 50 } },
    { onprogress: ({ progress, total }) => seen.push(progress, total ?? -1) },
  )
  await expect.poll(() => seen).toEqual([0, 2])
  await maker.work(id, 'a.example.com')
  await expect.poll(() => seen).toEqual([0, 2, 1, 2])
  await maker.work(id, 'b.example.com')
  const { structuredContent } = await waiting
  expect(structuredContent).toMatchObject({ done: true, status: 'succeeded' })
})
