import { Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Capability } from '@capstan/shared/contract/capability'
import { capabilityId } from '@capstan/shared/inference/capability-id'
import { createRedisKeys } from '@capstan/redis/keys'
import { loadJudgedQueries } from '../../relevance/judged-query.ts'
import { loadKnownTypes } from '../../relevance/known-types.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { deletePrefix } from '../../stack/delete-prefix.ts'
import {
  renderSearchLatencyPage,
  type LatencyRun,
  type SearchTiming,
} from './search-latency-page.ts'

const PREFIX = '{capstan-bench-latency}'
const SIZES = [500, 5_000, 20_000]
const MODES: readonly SearchMode[] = ['keyword', 'semantic', 'hybrid']
const BATCH = 500
const LIMIT = 10
/** Every second query: enough for a 95th percentile, and the largest size stays under a minute. */
const QUERIES = loadJudgedQueries().filter((_, index) => index % 2 === 0)

/** How long a search takes, and the cost of the index of the default store. */
export const searchLatency: Scenario = {
  name: 'search-latency',
  summary: 'searches in catalogs of 500, 5,000 and 20,000 rows in each mode; a minute or two',
  // Nothing is random.
  seeds: 1,
  run: async (lab) => {
    const runs: LatencyRun[] = []
    for (const rows of SIZES) {
      const run = await measure(lab, rows)
      const { firstMs, stopMs, indexMb } = run
      lab.record({ rows, firstMs, stopMs, indexMb })
      runs.push(run)
    }
    return renderSearchLatencyPage(runs, QUERIES.length)
  },
}

async function measure(lab: Lab, rows: number): Promise<LatencyRun> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.adopt(new Redis(lab.redisUrl), (open) => open.disconnect())
  stack.defer(() => deletePrefix(lab.redisUrl, PREFIX))
  await fill(redis, rows)
  const catalog = stack.adopt(openRedisCatalog(redis, createRedisKeys(PREFIX)), (open) =>
    open.close(),
  )
  const heapBefore = await readHeapMb()
  const stops = monitorEventLoopDelay({ resolution: 1 })
  stops.enable()
  const { ms: firstMs } = await timeOf(catalog, 'database', 'hybrid')
  stops.disable()
  const stopMs = stops.max / 1e6
  const indexMb = (await readHeapMb()) - heapBefore
  const took = await searchAll(lab, catalog)
  lab.log(`${rows} rows: first answer after ${firstMs.toFixed(0)} ms`)
  return { rows, firstMs, stopMs, indexMb, took }
}

/** All modes alternately, in another order for each query, because the first one pays for cold code. */
async function searchAll(lab: Lab, catalog: Catalog): Promise<LatencyRun['took']> {
  const took: LatencyRun['took'] = { keyword: [], semantic: [], hybrid: [] }
  for (const { query } of QUERIES) await timeOf(catalog, query, 'hybrid')
  for (const [index, { query }] of QUERIES.entries()) {
    const first = index % MODES.length
    for (const mode of [...MODES.slice(first), ...MODES.slice(0, first)]) {
      lab.signal.throwIfAborted()
      took[mode].push(await timeOf(catalog, query, mode))
    }
  }
  return took
}

/** Through its own catalog, which builds no index. */
async function fill(redis: Redis, count: number): Promise<void> {
  const writer = openRedisCatalog(redis, createRedisKeys(PREFIX))
  const types = loadKnownTypes()
  const rows = Array.from({ length: count }, (_, index) => buildRow(types, index)).flat()
  for (let start = 0; start < rows.length; start += BATCH) {
    await writer.put(rows.slice(start, start + BATCH))
  }
  await writer.close()
}

/** The known types in one cluster after another. */
function buildRow(types: Capability[], index: number): Capability[] {
  const cluster = `cluster-${Math.floor(index / types.length)}`
  const type = types[index % types.length]
  return type ? [{ ...type, cluster, id: capabilityId(cluster, type.group, type.kind) }] : []
}

async function timeOf(catalog: Catalog, query: string, mode: SearchMode): Promise<SearchTiming> {
  const start = performance.now()
  const before = process.threadCpuUsage()
  const answer = await catalog.search(query, {}, { limit: LIMIT, mode })
  const { user, system } = process.threadCpuUsage(before)
  const ms = performance.now() - start
  if (answer.mode !== mode) throw new Error(`${mode} was asked for and ${answer.mode} ran`)
  return { ms, cpuMs: (user + system) / 1_000 }
}

/** Live heap of this process. */
async function readHeapMb(): Promise<number> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.collectGarbage')
  session.disconnect()
  return process.memoryUsage().heapUsed / 2 ** 20
}
