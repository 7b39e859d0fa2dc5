import { expect, test } from 'vitest'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestStack, temporaryFile, type TestStack } from './test-stack.ts'

const WIDGET = resourceName({ plural: 'widgets', group: 'shop.example' })
/** Types of Kubernetes itself have curated answers; the widget of a shop has none. */
const INCLUDE = ['*.apps', 'services', WIDGET]

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: WIDGET },
  spec: {
    group: 'shop.example',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
}

async function openStack(
  environment: Record<string, string>,
  worker: Record<string, string> = {},
): Promise<TestStack> {
  const sim = await testClusterSim()
  await sim.update({ apply: CRD })
  const { url, keys } = testRedis()
  return startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, ...environment },
    api: { KUBECONFIG: await temporaryFile('config', sim.kubeconfig), CAPSTAN_CURATED: 'auto' },
    worker,
  })
}

/** Source of the catalog row of each type. */
async function readSources({ ask }: TestStack): Promise<Record<string, string>> {
  const response = await ask('/api/v1/capabilities?limit=200')
  const { data } = (await response.json()) as { data: CapabilityView[] }
  return Object.fromEntries(data.map(({ resource, source }) => [resource, source]))
}

test('a scan without a model gives known types curated answers without a job, and the others rule-based answers', async () => {
  const stack = await openStack({ CAPSTAN_PROVIDER: 'demo' })
  const scan = await stack.settled(await stack.scan({ include: INCLUDE }))
  const total = scan.progress.total ?? 0
  expect(scan).toMatchObject({ status: 'succeeded', curated: true, progress: { succeeded: total } })
  const none = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 }
  expect(scan.usage).toMatchObject({ ...none, curatedAnswers: total - 1 })
  const items = await stack.items(scan.id)
  for (const { resource, source, attempts, links } of items) {
    const isKnown = resource !== WIDGET
    expect([resource, source]).toEqual([resource, isKnown ? 'curated' : 'rules'])
    expect([resource, attempts.length]).toEqual([resource, isKnown ? 0 : 1])
    expect([resource, links.board === null]).toEqual([resource, isKnown])
  }
  const sources = await readSources(stack)
  expect(sources).toMatchObject({ 'deployments.apps': 'curated', services: 'curated' })
  expect(sources[WIDGET]).toBe('rules')
  const again = await stack.settled(await stack.scan({ include: INCLUDE }))
  expect(again.progress).toMatchObject({ skipped: total, succeeded: 0 })
  const metrics = await (await stack.ask('/metrics')).text()
  const counted = (labels: string): string => `capstan_resources_total{${labels}}`
  expect(metrics).toContain(
    `${counted('outcome="succeeded",reason="answered",source="curated"')} ${total - 1}`,
  )
  expect(metrics).toContain(`${counted('outcome="skipped",reason="unchanged"')} ${total}`)
})

test('a scan with a model that prefers curated answers calls the model only for unknown types', async () => {
  const provider = await testProviderSim({ latency: { kind: 'uniform', minMs: 5, maxMs: 10 } })
  const stack = await openStack(
    { CAPSTAN_PROVIDER: 'anthropic' },
    {
      ANTHROPIC_API_KEY: 'sk-ant-curated-answers-000000',
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_ASSUME_DIALECT: 'true',
    },
  )
  const scan = await stack.settled(await stack.scan({ include: INCLUDE, curated: true }))
  const total = scan.progress.total ?? 0
  expect(scan).toMatchObject({
    status: 'succeeded',
    usage: { calls: 1, curatedAnswers: total - 1 },
  })
  expect(provider.stats().calls).toBe(1)
  expect(await readSources(stack)).toMatchObject({
    'deployments.apps': 'curated',
    [WIDGET]: 'model',
  })
  const byModel = await stack.settled(await stack.scan({ include: INCLUDE }))
  expect(byModel).toMatchObject({ curated: false, usage: { calls: total - 1, curatedAnswers: 0 } })
  expect(await readSources(stack)).toMatchObject({ 'deployments.apps': 'model' })
})
