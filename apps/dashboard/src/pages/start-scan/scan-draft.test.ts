import { expect, test } from 'vitest'
import { createDraft, toScanInput } from './scan-draft.ts'

test('a draft without changes has no field, so that the server decides everything', () => {
  expect(toScanInput(createDraft(''))).toEqual({})
})

test('patterns may be separated by spaces, commas and lines', () => {
  const input = toScanInput(createDraft('Deployment, *.velero.io\nservices  services'))
  expect(input).toEqual({ include: ['Deployment', '*.velero.io', 'services'] })
})

test('a draft of a cluster asks this cluster', () => {
  expect(toScanInput(createDraft('pods', 'prod'))).toEqual({ include: ['pods'], cluster: 'prod' })
})

test('each field that differs from its default is in the request', () => {
  const draft = {
    ...createDraft(''),
    exclude: 'events',
    cluster: ' prod ',
    mode: 'full',
    provider: 'anthropic',
    model: 'm',
    curated: 'no',
    execution: 'batch',
    priority: 'low',
    onConflict: 'parallel',
    maxCostUsd: '0.5',
    maxFailures: '10',
    concurrency: '3',
  } as const
  expect(toScanInput(draft)).toEqual({
    exclude: ['events'],
    cluster: 'prod',
    mode: 'full',
    provider: 'anthropic',
    model: 'm',
    curated: false,
    execution: 'batch',
    priority: 'low',
    onConflict: 'parallel',
    budget: { maxCostUsd: 0.5, maxFailures: 10 },
    concurrency: 3,
  })
})

test('a text that is no number sets no limit', () => {
  expect(toScanInput({ ...createDraft(''), maxCostUsd: 'much' })).toEqual({})
})
