import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'

test.each([{}, { CAPSTAN_WATCH: 'true' }])(
  'an API that starts before its kubeconfig exists opens it later, with settings %j',
  async (settings) => {
    const { url, keys } = testRedis()
    const directory = await mkdtemp(join(tmpdir(), 'capstan-late-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const KUBECONFIG = join(directory, 'kubeconfig.yaml')
    const api = await startTestApp('api', {
      REDIS_URL: url,
      CAPSTAN_REDIS_PREFIX: keys.prefix,
      CAPSTAN_PROVIDER: 'demo',
      KUBECONFIG,
      PORT: '0',
      HOME: directory,
      ...settings,
    })
    const start = (): Promise<Response> =>
      fetch(`${api.url}/api/v1/scans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    const refused = await start()
    expect(refused.status).toBe(502)
    expect(await refused.json()).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
    const { kubeconfig } = await testClusterSim()
    await writeFile(KUBECONFIG, kubeconfig.slice(0, kubeconfig.length / 2))
    expect((await start()).status).toBe(502)
    await writeFile(KUBECONFIG, kubeconfig)
    await until('a start', async () => ((await start()).status === 502 ? undefined : true))
    expect(api.output()).toContain('clusters opened')
    if ('CAPSTAN_WATCH' in settings) {
      await until('the watch', () =>
        api.output().includes('watching the cluster') ? true : undefined,
      )
    }
  },
)
