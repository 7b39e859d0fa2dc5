import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { INFER_QUEUE } from '@capstan/shared/queue/infer-queue'
import { workerSettings } from '@capstan/shared/queue/worker-settings'
import { BareOrder, type BareReport } from './bare-order.ts'

/**
 * A process of its own: a BullMQ worker over a plain connection, with the settings of Capstan's workers, whose
 * processor does nothing or makes one call. It says `loaded`, is sent one BareOrder, and then sends a report ten
 * times a second.
 */
process.once('message', (message) => void obey(BareOrder.parse(message)))

async function obey({ redisUrl, bullPrefix, concurrency, provider }: BareOrder): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
  const report: BareReport = { jobs: 0, firstAtMs: 0, lastAtMs: 0 }
  // Loaded by who needs it alone: without it this is bare BullMQ and nothing else.
  const work = provider && (await import('./one-call.ts')).oneCall(provider)
  const worker = new Worker(
    INFER_QUEUE,
    async () => {
      if (report.firstAtMs === 0) report.firstAtMs = Date.now()
      await work?.()
    },
    { connection, prefix: bullPrefix, concurrency, ...workerSettings() },
  )
  worker.on('completed', () => {
    report.jobs += 1
    report.lastAtMs = Date.now()
  })
  setInterval(() => process.send?.(report), REPORT_EVERY_MS)
}

/** Not at every job: this process is measured. */
const REPORT_EVERY_MS = 100
process.once('disconnect', () => process.exit(0))
process.send?.('loaded')
