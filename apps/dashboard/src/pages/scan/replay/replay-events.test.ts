import { expect, test } from 'vitest'
import type { FrameData, StoredFrame } from '../../../data/frame.ts'
import { replayEvents } from './replay-events.ts'

function makeFrames(
  ...events: [type: StoredFrame['type'], data?: Partial<FrameData>][]
): StoredFrame[] {
  return events.map(([type, data], index) => ({
    type,
    data: { at: '2026-11-30T12:00:00.000Z', seq: index + 1, ...data },
  }))
}

test('types move from status to status, and the sum stays the number of types', () => {
  const steps = replayEvents(
    makeFrames(
      ['scan.started', { total: 3 }],
      ['resource.skipped', { resource: 'a' }],
      ['resource.started', { resource: 'b' }],
      ['resource.retrying', { resource: 'b' }],
      ['resource.started', { resource: 'b' }],
      ['resource.succeeded', { resource: 'b' }],
      ['resource.failed', { resource: 'c' }],
      ['resource.requeued', { resource: 'c' }],
      ['resource.canceled', { resource: 'c' }],
      ['scan.finished', { status: 'partial' }],
    ),
  )
  const read = (index: number) => steps[index]?.progress
  expect(read(0)).toMatchObject({ total: 3, queued: 3, finished: 0, percent: 0 })
  expect(read(3)).toMatchObject({ queued: 1, retrying: 1, skipped: 1 })
  expect(read(6)).toMatchObject({ queued: 0, succeeded: 1, failed: 1, skipped: 1, percent: 100 })
  expect(read(7)).toMatchObject({ queued: 1, failed: 0, finished: 2 })
  expect(read(9)).toMatchObject({ succeeded: 1, skipped: 1, canceled: 1, finished: 3 })
})

test('the percentage is rounded down to a tenth, and a scan of no types is finished', () => {
  const third = makeFrames(
    ['scan.started', { total: 3 }],
    ['resource.started', { resource: 'a' }],
    ['resource.succeeded', { resource: 'a' }],
    ['resource.skipped', { resource: 'b' }],
  )
  const percents = replayEvents(third).map(({ progress }) => progress.percent)
  expect(percents).toEqual([0, 0, 33.3, 66.6])
  const empty = replayEvents(makeFrames(['scan.started', { total: 0 }]))
  expect(empty[0]?.progress).toMatchObject({ total: 0, finished: 0, percent: 100 })
})

test('a retry keeps the counters of the first run', () => {
  const steps = replayEvents(
    makeFrames(
      ['scan.started', { total: 1 }],
      ['resource.failed', { resource: 'a' }],
      ['resource.requeued', { resource: 'a' }],
      ['scan.started', { total: 1 }],
      ['resource.succeeded', { resource: 'a' }],
    ),
  )
  expect(steps.at(-1)?.progress).toMatchObject({ queued: 0, succeeded: 1, finished: 1 })
})

test('before the plan the number of types is unknown', () => {
  expect(replayEvents(makeFrames(['scan.paused']))[0]?.progress.total).toBeNull()
})
