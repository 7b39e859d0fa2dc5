import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { compatClient, type CompatClient } from './compat-client.ts'

const TOKEN = 'compat-stack-token-0123456789'

export interface CompatStack {
  client: CompatClient
  sim: Awaited<ReturnType<typeof testClusterSim>>
  environment: Record<string, string>
  /** Starts a worker that stops with the test. */
  work(): Promise<void>
  /** Calls the REST API of Capstan. */
  ask(path: string): Promise<unknown>
}

/** A served cluster and an API process with the interface of dot-ai, optionally with a worker. */
export async function startCompatStack(): Promise<CompatStack> {
  const { url, keys } = testRedis()
  const sim = await testClusterSim()
  const directory = await mkdtemp(join(tmpdir(), 'capstan-compat-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const kubeconfig = join(directory, 'kubeconfig.yaml')
  await writeFile(kubeconfig, sim.kubeconfig)
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_TOKEN: TOKEN,
    CAPSTAN_COMPAT: 'dot-ai',
    CAPSTAN_PROVIDER: 'demo',
    KUBECONFIG: kubeconfig,
    PORT: '0',
  }
  const api = await startTestApp('api', environment)
  return {
    client: compatClient(api.url, TOKEN),
    sim,
    environment,
    work: async () => {
      await startTestApp('worker', { ...environment, CAPSTAN_CONCURRENCY: '20' })
    },
    ask: async (path) => {
      const headers = { authorization: `Bearer ${TOKEN}` }
      return (await fetch(`${api.url}${path}`, { headers })).json()
    },
  }
}
