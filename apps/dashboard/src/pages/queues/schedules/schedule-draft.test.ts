import { expect, test } from 'vitest'
import { createScheduleDraft, toScheduleInput } from './schedule-draft.ts'

const draft = { ...createScheduleDraft(), cron: ' 0 3 * * * ', timeZone: 'UTC' }

test('a schedule without patterns and cluster leaves both to the server', () => {
  expect(toScheduleInput(draft)).toEqual({
    cron: '0 3 * * *',
    timeZone: 'UTC',
    paused: false,
    scan: {},
  })
})

test('patterns are separated by spaces and commas', () => {
  const input = toScheduleInput({ ...draft, include: '*.apps, pods', cluster: 'prod' })
  expect(input.scan).toEqual({ include: ['*.apps', 'pods'], cluster: 'prod' })
})
