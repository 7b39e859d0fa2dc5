import type { ProviderSim } from '@capstan/provider-sim/provider-sim'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import {
  startTestStack,
  temporaryFile,
  type TestStack,
  type TestStackOptions,
} from '../test-stack.ts'

export interface DashboardStack extends TestStack {
  provider: ProviderSim
}

export interface DashboardStackOptions extends Partial<TestStackOptions> {
  provider?: SimConfigInput
}

/** A real API and worker over the demo cluster and a simulated Anthropic, as a person has them after `start`. */
export async function startDashboardStack({
  provider: config = {},
  environment,
  api,
  worker,
  ...options
}: DashboardStackOptions = {}): Promise<DashboardStack> {
  const { url, keys } = testRedis()
  const cluster = await testClusterSim()
  const provider = await testProviderSim(config)
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, ...environment },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig), ...api },
    worker:
      worker === false
        ? false
        : {
            ANTHROPIC_API_KEY: 'sk-ant-dashboard-000000000000',
            ANTHROPIC_BASE_URL: provider.url,
            ...worker,
          },
    ...options,
  })
  return { ...stack, provider }
}
