import { expect, test } from 'vitest'
import { makeRequest, makeResult, SILENT } from '../../test/make-request.ts'
import { withProgress } from './with-progress.ts'

test('an attempt that was asked to stop aborts before its call begins to wait', async () => {
  const abort = new AbortController()
  const progress = { ...SILENT, wait: () => abort.abort('paused') }
  const send = (): never => {
    throw new Error('the call was sent')
  }
  const call = withProgress(send)(makeRequest({ signal: abort.signal, progress }))
  await expect(call).rejects.toBe('paused')
})

test('the wait ends with the call, whether it answers or fails', async () => {
  let ended = 0
  const request = makeRequest({ progress: { ...SILENT, end: () => void (ended += 1) } })
  await withProgress(async () => makeResult('good'))(request)
  await withProgress(() => Promise.reject(new Error('down')))(request).catch(() => undefined)
  expect(ended).toBe(2)
})
