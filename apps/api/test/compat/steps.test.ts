import { expect, test } from 'vitest'
import { SESSION_ID } from './compat-client.ts'
import { startCompatRig } from './compat-rig.ts'

test.each(['all', '1', 1, ' ALL '])(
  'OLD-1: the response %j to the first question scans all types in the background',
  async (response) => {
    const { client, deps } = await startCompatRig()
    const first = await client.call('scan')
    const { sessionId } = first
    expect(sessionId).toMatch(SESSION_ID)
    expect(first).toMatchObject({
      success: true,
      REQUIRED_NEXT_CALL: {
        parameters: { operation: 'scan', sessionId, step: 'resource-selection' },
      },
      workflow: {
        step: 'resource-selection',
        sessionId,
        options: [
          { number: 1, value: 'all' },
          { number: 2, value: 'specific' },
        ],
      },
    })
    const chosen = await client.call('scan', { sessionId, step: 'resource-selection', response })
    expect(chosen).toMatchObject({ success: true, status: 'started', sessionId })
    const { data } = await deps.journal.scans({ limit: 5 })
    expect(data).toMatchObject([{ include: ['*'], done: false }])
    // A repeated call during the scan starts no other scan.
    const again = await client.call('scan', { sessionId, step: 'scanning' })
    expect(again).toMatchObject({ success: true, status: 'started', sessionId })
    expect((await deps.journal.scans({ limit: 5 })).data.length).toBe(1)
  },
)

test.each(['specific', 2, '2'])(
  'OLD-2: the response %j to the first question asks for the types',
  async (response) => {
    const { client } = await startCompatRig()
    const { sessionId } = await client.call('scan')
    const asked = await client.call('scan', { sessionId, step: 'resource-selection', response })
    expect(asked).toMatchObject({
      success: true,
      REQUIRED_NEXT_CALL: { parameters: { sessionId, step: 'resource-specification' } },
      workflow: { step: 'resource-specification', sessionId },
    })
    for (const [resourceList, message] of [
      [undefined, 'Missing resource list'],
      [' , ', 'Empty resource list'],
    ]) {
      const step = 'resource-specification'
      expect(await client.call('scan', { sessionId, step, resourceList })).toMatchObject({
        success: false,
        error: { message, currentStep: step },
      })
    }
  },
)

test('OLD-3: a request with a session needs the current step', async () => {
  const { client } = await startCompatRig()
  const { sessionId } = await client.call('scan')
  for (const step of [undefined, 'scanning', 'nonsense']) {
    expect(await client.call('scan', { sessionId, step, response: 'all' })).toMatchObject({
      success: false,
      error: {
        message: 'Step validation failed',
        currentStep: 'resource-selection',
        expectedCall: expect.stringContaining("step='resource-selection'") as string,
      },
    })
  }
})

test('OLD-4: an invalid response is rejected, and the session stays at its step', async () => {
  const { client } = await startCompatRig()
  const { sessionId } = await client.call('scan')
  const step = 'resource-selection'
  expect(await client.call('scan', { sessionId, step, response: '3' })).toMatchObject({
    success: false,
    error: { message: 'Invalid resource selection response', currentStep: step },
  })
  expect(await client.call('scan', { sessionId, step })).toMatchObject({
    success: true,
    workflow: { step },
  })
})

test('OLD-7: an unknown valid session id starts a session with that id', async () => {
  const { client } = await startCompatRig()
  const sessionId = 'cap-scan-1700000000000-0a1b2c3d'
  expect(await client.call('scan', { sessionId })).toMatchObject({
    success: false,
    error: { message: 'Step validation failed', currentStep: 'resource-selection' },
  })
  const step = 'resource-selection'
  expect(await client.call('scan', { sessionId, step, response: 'all' })).toMatchObject({
    success: true,
    sessionId,
  })
  expect(await client.call('scan', { sessionId: '../x', step })).toMatchObject({
    success: false,
    error: { message: 'Session not found' },
  })
})

test('OLD-6: a session with a finished scan is complete', async () => {
  const { client, maker, deps } = await startCompatRig(['Kafka'])
  const { sessionId = '' } = await client.call('scan')
  await client.call('scan', { sessionId, step: 'resource-selection', response: 'all' })
  const { data } = await deps.journal.scans({ limit: 1 })
  const id = data[0]?.id ?? ''
  await expect.poll(async () => (await maker.read(id)).progress.total).toBe(1)
  await maker.work(id, 'kafkas.example.com')
  expect(await client.call('scan', { sessionId, step: 'scanning' })).toMatchObject({
    success: false,
    error: { message: 'Step validation failed', currentStep: 'complete' },
  })
  expect(await client.call('scan', { sessionId, step: 'complete' })).toMatchObject({
    success: false,
    error: { message: 'Workflow already complete' },
  })
})
