import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { sleep } from '@capstan/shared/async/sleep'
import { openTargetClient, type TargetClient } from '@capstan/shared/http/open-target-client'
import {
  WEBHOOK_QUEUE,
  type WebhookJob,
  type WebhookJobResult,
} from '@capstan/scan-store/queue/webhook-queue'
import { buildWorkerSettings, type WorkerTimings } from '@capstan/scan-store/queue/worker-settings'
import type { ApiDeps } from '../deps.ts'
import { deliver, DeliveryRetryError, type DeliverDeps } from './deliver.ts'
import { planDeliveries, type EndedScanDeps } from './plan-deliveries.ts'

type StartDeps = EndedScanDeps & Pick<ApiDeps, 'log'> & Pick<DeliverDeps, 'onOutcome'>

/** A message waits at most this long for its job. */
const PLAN_EVERY_MS = 1_000
/** One receiver that never answers must not delay the others. */
const CONCURRENCY = 20
const UNKNOWN_FAULT_MS = 30_000

/**
 * Plans and sends messages to webhooks; each one is sent by one of all API processes. `connection` is of kind `worker`.
 */
export function startWebhooks(
  deps: StartDeps,
  connection: Redis,
  timings?: WorkerTimings,
): { stop(): Promise<void> } {
  const { isAllowed, proxies } = deps.webhookSettings
  let client: Promise<TargetClient> | undefined
  const openClient = () => (client ??= openTargetClient(isAllowed, proxies))
  const stopping = new AbortController()
  const worker = new Worker<WebhookJob, WebhookJobResult>(
    WEBHOOK_QUEUE,
    (job) => deliver({ ...deps, openClient }, job, stopping.signal),
    {
      connection,
      prefix: deps.keys.bullPrefix,
      concurrency: CONCURRENCY,
      ...buildWorkerSettings(timings),
      settings: { backoffStrategy: readDelayMs },
    },
  )
  worker.on('error', (error) =>
    deps.log.warn({ err: error }, 'the worker of webhooks lost its connection to Redis'),
  )
  const planning = planRepeatedly(deps, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all([planning, worker.close()])
      await (await client)?.close()
    },
  }
}

/** BullMQ's strategy. It must never throw, because the job would stay active. */
function readDelayMs(_attempts: number, _type?: string, error?: Error): number {
  return error instanceof DeliveryRetryError ? error.delayMs : UNKNOWN_FAULT_MS
}

async function planRepeatedly(deps: StartDeps, signal: AbortSignal): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await planDeliveries(deps)) > 0);
      isFailing = false
    } catch (error) {
      // One line for an outage of Redis.
      if (!isFailing) deps.log.warn({ err: error }, 'could not plan messages to webhooks; retrying')
      isFailing = true
    }
    await sleep(PLAN_EVERY_MS, { signal })
  }
}
