import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { buildWorkerSettings } from '@capstan/scan-store/queue/worker-settings'
import { BARE_QUEUE, BareRunRequest, type BareReport } from './bare-run-request.ts'

/**
 * A process with a BullMQ worker over a plain connection, with the settings of Capstan's workers. Its
 * processor does nothing, makes one call, or stores one answer. It sends `loaded`, receives one
 * BareRunRequest, then reports ten times a second.
 */
process.once('message', (message) => void runRequest(BareRunRequest.parse(message)))

async function runRequest({
  redisUrl,
  bullPrefix,
  concurrency,
  work: asked,
}: BareRunRequest): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
  const report: BareReport = { jobs: 0, firstAtMs: 0, lastAtMs: 0 }
  const work = await createWork(asked, connection, bullPrefix)
  const worker = new Worker<InferJob>(
    BARE_QUEUE,
    async ({ data }) => {
      if (report.firstAtMs === 0) report.firstAtMs = Date.now()
      await work?.(data)
    },
    { connection, prefix: bullPrefix, concurrency, ...buildWorkerSettings() },
  )
  worker.on('completed', () => {
    report.jobs += 1
    report.lastAtMs = Date.now()
  })
  setInterval(() => process.send?.(report), REPORT_EVERY_MS)
}

/** Imported on demand: without work this process is BullMQ and nothing else. */
async function createWork(
  work: BareRunRequest['work'],
  connection: Redis,
  bullPrefix: string,
): Promise<((job: InferJob) => Promise<unknown>) | undefined> {
  switch (work?.does) {
    case 'call':
      return (await import('./create-single-call.ts')).createSingleCall(work)
    case 'store':
      return (await import('./create-minimal-store.ts')).createMinimalStore(connection, bullPrefix)
    case undefined:
      return undefined
  }
}

/** Not at every job, because this process is measured. */
const REPORT_EVERY_MS = 100
process.once('disconnect', () => process.exit(0))
process.send?.('loaded')
