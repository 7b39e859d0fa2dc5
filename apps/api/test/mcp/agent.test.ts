import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { testRedis } from '@capstan/testkit/redis'
import { postgresCluster } from '../compat/postgres-cluster.ts'
import { callTool, connectMcp, PROTOCOLS } from './mcp-client.ts'

const TOKEN = 'agent-token-0123456789abcdef'
const POSTGRES = 'clusters.postgresql.cnpg.io'
const Search = z.object({
  matches: z.array(z.looseObject({ resource: z.string(), strength: z.string() })),
  note: z.string().nullable(),
})
const Started = z.looseObject({ scanId: z.string(), estimate: z.looseObject({}) })
const Scan = z.looseObject({ done: z.boolean(), status: z.string(), costUsd: z.number() })
const Detail = z.looseObject({ example: z.string() })

/** An API process and a worker over a folder of CRDs, without any model. */
async function startService(): Promise<string> {
  const { url, keys } = testRedis()
  const directory = await mkdtemp(join(tmpdir(), 'capstan-agent-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeCrdFolder(directory, 5)
  await writeFile(join(directory, 'postgres.json'), JSON.stringify(postgresCluster()))
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_TOKEN: `agent:scan:${TOKEN}`,
    CAPSTAN_PROVIDER: 'demo',
    CAPSTAN_CLUSTER_FILES: directory,
    CAPSTAN_MCP_BUDGET_USD: '1',
    PORT: '0',
  }
  const api = await startTestApp('api', environment)
  await startTestApp('worker', environment)
  return api.url
}

test.each(PROTOCOLS)(
  'an agent with protocol %s goes from an empty catalog over a capped scan to a manifest',
  async (protocol) => {
    const client = await connectMcp(await startService(), { token: TOKEN, protocol })
    const search = (query: string) => callTool(client, Search, 'search_capabilities', { query })
    const empty = await search('postgres with backups')
    expect(empty.data.note).toContain('start_scan')

    const started = await callTool(client, Started, 'start_scan', { maxCostUsd: 0.5 })
    const input = { scanId: started.data.scanId, waitSeconds: 50 }
    let scan
    do scan = (await callTool(client, Scan, 'get_scan', input)).data
    while (!scan.done)
    expect(scan).toMatchObject({ status: 'succeeded', maxCostUsd: 0.5 })
    expect(scan.costUsd).toBeLessThanOrEqual(0.5)

    const found = await search('postgres with backups')
    expect(found.data.matches[0]).toMatchObject({ resource: POSTGRES, strength: 'strong' })
    const { data } = await callTool(client, Detail, 'get_capability', { resource: POSTGRES })
    expect(data.example).toContain('kind: Cluster')
    expect(data.example).toContain('apiVersion: postgresql.cnpg.io/v1')

    const impossible = await search('brew espresso on the moon')
    expect(impossible.text).toContain('Nothing here does that.')
    expect(impossible.data.matches.filter(({ strength }) => strength === 'strong')).toEqual([])
  },
)
