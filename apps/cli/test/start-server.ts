import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { ownPort } from '@capstan/testkit/own-port'
import { startHostedApp } from '@capstan/testkit/app-host/start-hosted-app'
import type { RunningProcess } from '@capstan/testkit/start-process'
import { testRedis } from '@capstan/testkit/redis'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

export const TOKEN = 'canary-cli-token-0123456789'
export const READ_TOKEN = 'canary-cli-reader-0123456789'

/** A complete Capstan: the demo cluster, a simulated provider, an API and a worker. */
export interface CliTestServer {
  url: string
  /** Environment variables for a client. */
  client: Record<string, string>
  provider: ProviderSim
  killApi(): Promise<void>
  /** Starts the API on the same port again. */
  startApi(): Promise<void>
  close(): Promise<void>
}

/** `worker`: additional settings of the worker. `start` starts the API: startProcess is for tests that kill it. */
export async function startCliTestServer(
  provider: SimConfigInput = {},
  worker: Record<string, string> = {},
  start: typeof startHostedApp = startHostedApp,
): Promise<CliTestServer> {
  const stack = new AsyncDisposableStack()
  const [sim, cluster, port, directory] = await Promise.all([
    startProviderSim(provider),
    startClusterSim({ cluster: 'demo' }),
    ownPort(),
    mkdtemp(join(tmpdir(), 'capstan-cli-')),
  ])
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  stack.defer(() => sim.close())
  stack.defer(() => cluster.close())
  const kubeconfig = join(directory, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig)
  const { url: redisUrl, keys } = testRedis()
  const environment = {
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'anthropic',
    LOG_LEVEL: 'warn',
  }
  const startApi = (): Promise<RunningProcess> =>
    start('api', {
      ...environment,
      KUBECONFIG: kubeconfig,
      CAPSTAN_WEBHOOK_SECRET: 'canary-cli-webhooks-0123456789-0123456789',
      CAPSTAN_WEBHOOK_ALLOW: '127.0.0.1',
      CAPSTAN_TOKEN: `boss:admin:${TOKEN},reader:read:${READ_TOKEN}`,
      PORT: String(port),
    })
  const workerSettings = {
    ...environment,
    ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789abcdef',
    ANTHROPIC_BASE_URL: sim.url,
    // Like real limits: calls start at full concurrency.
    ANTHROPIC_LIMITS: 'concurrency=1000',
    ...worker,
  }
  const [firstApi, running] = await Promise.all([
    startApi(),
    startHostedApp('worker', workerSettings),
  ])
  let api = firstApi
  stack.defer(async () => {
    await Promise.all([api.stop('SIGKILL'), running.stop('SIGKILL')])
  })
  return {
    url: api.url,
    client: { CAPSTAN_SERVER: api.url, CAPSTAN_TOKEN: TOKEN },
    provider: sim,
    killApi: async () => void (await api.stop('SIGKILL')),
    startApi: async () => {
      api = await startApi()
    },
    close: () => stack.disposeAsync(),
  }
}
