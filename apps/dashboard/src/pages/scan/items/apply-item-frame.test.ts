import { expect, test } from 'vitest'
import { makeItem } from '@capstan/testkit/make-item'
import type { Frame, FrameData } from '../../../data/frame.ts'
import { applyItemFrame, readItemStatus } from './apply-item-frame.ts'

const ITEM = makeItem({ resource: 'deployments.apps', attempt: 0 })

function makeFrame(type: Frame['type'], data: Partial<FrameData>): Frame {
  return { type, data: { at: '2026-11-30T12:00:00.000Z', resource: 'deployments.apps', ...data } }
}

test('a started type runs since the event, with the number of its attempt', () => {
  const item = applyItemFrame(ITEM, makeFrame('resource.started', { attempt: 2 }))
  expect(item).toMatchObject({
    status: 'running',
    attempt: 2,
    startedAt: '2026-11-30T12:00:00.000Z',
  })
})

test('a succeeded type has the values of the event and no problem', () => {
  const problem = { reason: 'timeout', title: 'slow', retryable: true } as const
  const usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 2 }
  const item = applyItemFrame(
    { ...ITEM, problem },
    makeFrame('resource.succeeded', { durationMs: 900, usage, confidence: 0.8, source: 'model' }),
  )
  expect(item).toMatchObject({
    status: 'succeeded',
    durationMs: 900,
    usage,
    confidence: 0.8,
    source: 'model',
    problem: null,
  })
})

test('an event that is older than the known state of the type changes nothing', () => {
  const item = { ...ITEM, status: 'succeeded', finishedAt: '2026-11-30T12:00:01.000Z' } as const
  expect(applyItemFrame(item, makeFrame('resource.started', {}))).toBe(item)
})

test('an event of another type and an event of the scan change nothing', () => {
  expect(applyItemFrame(ITEM, makeFrame('resource.started', { resource: 'services' }))).toBe(ITEM)
  expect(applyItemFrame(ITEM, makeFrame('scan.paused', {}))).toBe(ITEM)
  expect(readItemStatus(makeFrame('scan.paused', {}))).toBeUndefined()
})

test('a type that a retry requeues has no problem and no end', () => {
  const problem = { reason: 'timeout', title: 'slow', retryable: true } as const
  const failed = { ...ITEM, status: 'failed', finishedAt: '2026-11-30T11:00:00.000Z', problem }
  expect(
    applyItemFrame({ ...failed, status: 'failed' }, makeFrame('resource.requeued', {})),
  ).toMatchObject({
    status: 'queued',
    finishedAt: null,
    problem: null,
  })
})
