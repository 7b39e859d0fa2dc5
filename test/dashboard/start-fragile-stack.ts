import { onTestFinished } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { ownPort } from '@capstan/testkit/own-port'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { temporaryFile } from '../test-stack.ts'

/**
 * Starts an API process on a port of its own, so that it can be killed and started again, over a Redis of its own, with a
 * worker of `slots`.
 */
export async function startFragileStack(config: SimConfigInput = {}, slots = 80) {
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const cluster = await testClusterSim()
  const provider = await testProviderSim(config)
  const environment = { REDIS_URL: redis.url, HOME: '/nowhere' }
  const port = String(await ownPort())
  const kubeconfig = await temporaryFile('kubeconfig', cluster.kubeconfig)
  const startApi = () =>
    startTestProcess('api', { ...environment, PORT: port, KUBECONFIG: kubeconfig })
  const api = await startApi()
  await startTestApp('worker', {
    ...environment,
    PORT: '0',
    ANTHROPIC_API_KEY: 'sk-ant-killed-0000000000000000',
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_LIMITS: 'concurrency=1000',
    CAPSTAN_CONCURRENCY: String(slots),
  })
  return { redis, provider, api, startApi, url: api.url }
}
