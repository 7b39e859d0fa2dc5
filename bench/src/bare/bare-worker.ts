import { Worker } from 'bullmq'
import { INFER_QUEUE } from '@capstan/shared/queue/infer-queue'
import { workerSettings } from '@capstan/shared/queue/worker-settings'
import { connectRedis } from '@capstan/shared/redis/connect'
import { BareOrder, type BareReport } from './bare-order.ts'

/**
 * A process of its own: a BullMQ worker whose processor does nothing, with the settings of Capstan's workers.
 * It says `loaded`, is sent one BareOrder, and then sends a report ten times a second.
 */
process.once('message', (message) => {
  const { redisUrl, bullPrefix, concurrency } = BareOrder.parse(message)
  const connection = connectRedis(redisUrl, 'worker', (error) => {
    throw error
  })
  const report: BareReport = { jobs: 0, firstAtMs: 0, lastAtMs: 0 }
  const worker = new Worker(
    INFER_QUEUE,
    async () => {
      if (report.firstAtMs === 0) report.firstAtMs = Date.now()
    },
    { connection, prefix: bullPrefix, concurrency, ...workerSettings() },
  )
  worker.on('completed', () => {
    report.jobs += 1
    report.lastAtMs = Date.now()
  })
  setInterval(() => process.send?.(report), REPORT_EVERY_MS)
})

/** Not at every job: this process is measured. */
const REPORT_EVERY_MS = 100
process.once('disconnect', () => process.exit(0))
process.send?.('loaded')
