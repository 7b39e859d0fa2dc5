import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import type { Row } from '../src/report/table.ts'
import type { Lab } from '../src/scenario.ts'

/** A folder, a Redis, and a lab that collects the rows of its runs. All end with the test. */
export async function makeLab() {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const rows: Row[] = []
  const lab: Lab = {
    redisUrl: redis.url,
    clusters: new Map(),
    embeddings: undefined,
    log: () => undefined,
    record: (row) => rows.push(row),
    signal: new AbortController().signal,
  }
  return { folder, redis, rows, lab }
}
