import { expect, test } from 'vitest'
import { createScanId } from '@capstan/shared/scan-id'
import type { AttemptOutcome, Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const hash = (letter: string): string => letter.repeat(64)

interface Known {
  definition?: string
  /** Omitted, because it was skipped as unchanged. */
  answer?: string
}

interface Past {
  cluster?: string
  include?: string[]
  unavailable?: Plan['unavailable']
  types: Record<string, Known>
}

/** A finished scan with these types and answers. */
async function past(
  rig: ApiRig,
  { cluster = 'prod', include = ['*'], unavailable = [], types }: Past,
) {
  const { journal } = rig.deps
  const id = createScanId()
  const request = { cluster, include, exclude: [], labels: {} }
  const settings = { mode: 'incremental', priority: 'normal', onConflict: 'parallel' } as const
  const model = { provider: 'demo', model: 'demo-rules', price: null } as const
  await journal.open({ id, request: { ...request, ...settings }, ...model, createdBy: 'test' })
  const entries = Object.entries(types).map(([resource, known]) => createEntry(resource, known))
  await journal.plan(id, { entries, excluded: [], unavailable, warnings: [] })
  for (const [resource, { answer }] of Object.entries(types)) {
    if (answer === undefined) continue
    const claim = await journal.claim(id, resource, 'w')
    if (claim.outcome !== 'claimed') throw new Error(claim.outcome)
    await journal.record(id, resource, claim.epoch, answered(answer))
  }
  return id
}

function createEntry(resource: string, { definition = 'd', answer }: Known): PlanEntry {
  const group = resource.split('.').slice(1).join('.')
  return {
    resource,
    kind: 'Thing',
    group,
    version: 'v1',
    scope: 'Namespaced',
    definition: hash('0'),
    definitionHash: hash(definition),
    contentKey: hash('c'),
    estimatedTokens: 1,
    truncated: false,
    action: answer === undefined ? 'unchanged' : 'analyze',
  }
}

function answered(answer: string): AttemptOutcome {
  return {
    type: 'succeeded',
    cached: false,
    confidence: 0.9,
    capabilities: [],
    answerHash: hash(answer),
    costUsd: 0,
    calls: 1,
    worker: 'w',
    startedAt: new Date().toISOString(),
    durationMs: 1,
    provider: 'demo',
    model: 'demo-rules',
    usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
  }
}

async function diff(rig: ApiRig, id: string, query = '') {
  const response = await rig.ask(`/api/v1/scans/${id}/diff${query}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('a diff lists added and removed types, changed definitions and changed answers', async () => {
  const rig = await startRig()
  const before = await past(rig, {
    types: {
      'same.x': { answer: 'a' },
      'skipped.x': { answer: 'a' },
      'grew.x': { answer: 'a' },
      'reworded.x': { answer: 'a' },
      'gone.x': { answer: 'a' },
    },
  })
  const id = await past(rig, {
    types: {
      'same.x': { answer: 'a' },
      'skipped.x': {},
      'grew.x': { definition: 'e', answer: 'a' },
      'reworded.x': { answer: 'b' },
      'new.x': { answer: 'a' },
    },
  })
  expect((await diff(rig, id)).body).toEqual({
    scan: id,
    against: before,
    cluster: 'prod',
    sameChoice: true,
    added: ['new.x'],
    removed: ['gone.x'],
    changed: ['grew.x'],
    answersChanged: ['reworded.x'],
    unknown: [],
    unchanged: 2,
  })
})

test('types of a group that did not answer in one of the scans are neither added nor removed', async () => {
  const rig = await startRig()
  await past(rig, { types: { 'a.x': {}, 'b.y': {} } })
  const id = await past(rig, {
    types: { 'a.x': {} },
    unavailable: [{ group: 'y/v1', reason: 'stale' }],
  })
  expect((await diff(rig, id)).body).toMatchObject({ removed: [], unknown: ['b.y'], unchanged: 1 })
})

test('the previous scan has the same cluster and patterns, and another scan can be selected', async () => {
  const rig = await startRig()
  const first = await past(rig, { types: { 'a.x': {}, 'b.x': {} } })
  await past(rig, { cluster: 'other', types: { 'a.x': {} } })
  const targeted = await past(rig, { include: ['a.x'], types: { 'a.x': { definition: 'e' } } })
  const id = await past(rig, { types: { 'a.x': {}, 'b.x': {} } })
  expect((await diff(rig, id)).body).toMatchObject({ against: first, unchanged: 2 })
  expect((await diff(rig, targeted, `?against=${first}`)).body).toMatchObject({
    sameChoice: false,
    removed: [],
    changed: ['a.x'],
  })
})

test('a diff without a predecessor, with another cluster or without a plan has a specific problem', async () => {
  const rig = await startRig()
  const id = await past(rig, { types: { 'a.x': {} } })
  const other = await past(rig, { cluster: 'other', types: { 'a.x': {} } })
  expect((await diff(rig, id)).status).toBe(404)
  expect((await diff(rig, id, `?against=${createScanId()}`)).status).toBe(404)
  expect(await diff(rig, id, `?against=${other}`)).toMatchObject({
    status: 409,
    body: { code: 'WRONG_STATE' },
  })
})
