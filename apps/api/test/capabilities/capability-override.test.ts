import { expect, test } from 'vitest'
import { CapabilityView, type Capability } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KAFKA = makeCapability({
  cluster: 'prod',
  group: 'example.com',
  kind: 'Kafka',
  confidence: 0.4,
  lowConfidence: true,
})
const PATH = '/api/v1/capabilities/Kafka/override'

async function rigWithRow(): Promise<ApiRig> {
  const { clusters } = literalClusters(['Kafka', 'Topic'])
  const rig = await startRig({ clusters })
  await rig.deps.catalog.put([KAFKA])
  return rig
}

const put = (rig: ApiRig, json: unknown, path = PATH) => rig.ask(path, { method: 'PUT', json })

test('an override by any name of a type is returned by reads and searches', async () => {
  const rig = await rigWithRow()
  const answer = await put(rig, {
    fields: { capabilities: ['event backbone of the shop'], complexity: 'HIGH' },
    note: 'as we use it',
  })
  expect(answer.status).toBe(200)
  const row = CapabilityView.parse(await answer.json())
  expect(row).toMatchObject({
    source: 'override',
    capabilities: ['event backbone of the shop'],
    complexity: 'high',
    description: KAFKA.description,
    lowConfidence: false,
    override: {
      by: 'local',
      note: 'as we use it',
      fields: { capabilities: ['event backbone of the shop'], complexity: 'high' },
      inferred: { capabilities: KAFKA.capabilities, complexity: 'low' },
    },
  })
  const read = await rig.ask('/api/v1/capabilities/kafkas.example.com')
  expect(await read.json()).toEqual(row)
  const found = await rig.ask('/api/v1/capabilities/search?q=backbone')
  expect(await found.json()).toMatchObject({ data: [{ capability: { kind: 'Kafka' } }] })
})

test('removing an override restores the inferred values, and repeating the removal changes nothing', async () => {
  const rig = await rigWithRow()
  await put(rig, { fields: { description: 'Ours.' } })
  for (const repeated of [1, 2]) {
    const answer = await rig.ask(PATH, { method: 'DELETE' })
    expect(answer.status, String(repeated)).toBe(204)
  }
  const read = await rig.ask('/api/v1/capabilities/Kafka')
  expect(await read.json()).toEqual({ ...KAFKA, source: 'rules' })
})

test.each([
  ['no field', { fields: {} }],
  ['an unknown field', { fields: { kind: 'Secret' } }],
  ['a fact of the cluster', { fields: { complexity: 'low' }, cluster: 'other' }],
  ['a value that a model could not answer either', { fields: { confidence: 2 } }],
  ['an empty phrase', { fields: { capabilities: ['\u200B'] } }],
  ['too many phrases', { fields: { capabilities: Array.from({ length: 13 }, () => 'x') } }],
  ['no object', []],
])('an override with %s is rejected and nothing changes', async (_name, json) => {
  const rig = await rigWithRow()
  const answer = await put(rig, json)
  expect([400, 422]).toContain(answer.status)
  expect(await answer.json()).toMatchObject({ code: 'VALIDATION' })
  expect(await rig.deps.catalog.get('prod', KAFKA.resource)).toEqual(KAFKA)
})

test('text of an override is sanitized like text of a model', async () => {
  const rig = await rigWithRow()
  const answer = await put(rig, {
    fields: { description: '\u001B[31mred\u001B[0m\u202Etxt' },
    note: 'why\u0007\nnot',
  })
  expect(await answer.json()).toMatchObject({
    description: 'redtxt',
    override: { note: 'why not', fields: { description: 'redtxt' } },
  })
})

test('an override of a type without a capability is rejected', async () => {
  const rig = await rigWithRow()
  const path = '/api/v1/capabilities/Topic/override'
  const answer = await put(rig, { fields: { complexity: 'low' } }, path)
  expect(answer.status).toBe(404)
})

test('the override of a removed type can be removed by its exact name', async () => {
  const rig = await rigWithRow()
  await put(rig, { fields: { description: 'Ours.' } })
  await rig.deps.catalog.remove('prod', KAFKA.resource)
  const path = '/api/v1/capabilities/kafkas.example.com/override'
  expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(204)
  await rig.deps.catalog.put([KAFKA])
  expect(await rig.deps.catalog.get('prod', KAFKA.resource)).toEqual(KAFKA)
})

test('the filter lowConfidence lists only answers with low confidence', async () => {
  const rig = await rigWithRow()
  await rig.deps.catalog.put([makeCapability({ cluster: 'prod', kind: 'Sure' })])
  const kinds = async (query: string) => {
    const answer = await rig.ask(`/api/v1/capabilities?${query}`)
    return ((await answer.json()) as { data: Capability[] }).data.map((row) => row.kind)
  }
  expect(await kinds('lowConfidence=true')).toEqual(['Kafka'])
  expect(await kinds('lowConfidence=false')).toEqual(['Sure'])
})
