import { expect, test } from 'vitest'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { Admission, Permit, AdmissionRequest } from '@capstan/limits/types'
import { ItemError } from '@capstan/shared/errors'
import { createLog } from '@capstan/shared/log'
import { makeAdmitted, makeRequest, makeResult, makeTarget } from '../../../test/make-request.ts'
import type { ResizableQuestion } from '../model-call.ts'
import { withCallRecord } from '../with-call-record.ts'
import { withPermit } from './with-permit.ts'

function openStage(acquire: (request: AdmissionRequest) => void = () => undefined) {
  const ended: string[] = []
  const permit: Permit = {
    ...makeAdmitted().permit,
    epoch: 1,
    settle: async () => void ended.push('settled'),
    fail: async (kind) => void ended.push(kind),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const admission: Admission = {
    acquire: async (request) => {
      acquire(request)
      return permit
    },
  }
  const stage = withPermit({
    admission,
    limiter: { snapshot: () => Promise.reject(new Error('one account needs no snapshot')) },
    onAdmitted: () => undefined,
    ttlMs: 1_000,
    log: createLog('test', 'silent'),
  })
  return { stage, ended }
}

const request = makeRequest({ targets: [makeTarget()] })

test('an answered call settles its permit and sees the account that admitted it', async () => {
  const { stage, ended } = openStage()
  const call = stage(async ({ admitted }) => makeResult(admitted?.target.account.name ?? ''))
  expect((await call(request)).answer.text).toBe('test')
  expect(ended).toEqual(['settled'])
})

test.each([
  [
    'rejected',
    withCallRecord(() => Promise.reject(new ItemError('rate_limited', 'wait', ''))),
    'rate-limited',
  ],
  ['not sent', () => Promise.reject(new Error('no budget')), 'unsent'],
])('a call that is %s releases its permit for that reason', async (_, send, kind) => {
  const { stage, ended } = openStage()
  await expect(stage(send)(request)).rejects.toBeInstanceOf(Error)
  expect(ended).toEqual([kind])
})

test('a call that may not wait is not sent when the limits admit none now', async () => {
  const waits: (number | undefined)[] = []
  const { stage } = openStage(({ maxWaitMs }) => {
    waits.push(maxWaitMs)
    throw new MaxWaitError(5_000, 'requests')
  })
  const call = stage(async () => makeResult('good'))
  await expect(call({ ...request, maxWaitMs: 0 })).rejects.toBeInstanceOf(MaxWaitError)
  expect(waits).toEqual([0])
})

test('a multi-type prompt that grows while it waits is sent with the granted types', async () => {
  const grown = { ...request.question, user: 'about four types', types: 4 }
  const resize: ResizableQuestion = {
    wait: () => undefined,
    estimate: () => ({ characters: 16, maxOutputTokens: 100, types: 4 }),
    seal: () => grown,
  }
  const { stage } = openStage(({ resize: sealing }) =>
    sealing?.seal({ characters: 16, maxOutputTokens: 100 }),
  )
  const call = stage(async ({ question }) => makeResult(question.user))
  expect((await call({ ...request, resize })).answer.text).toBe('about four types')
})
