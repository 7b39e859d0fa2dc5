import { foldProxyNames } from '@capstan/shared/config/fold-proxy-names'
import { printConfig } from '@capstan/shared/config/print-config'
import { exitWithReason } from '@capstan/shared/exit-with-reason'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { announceProviders, announceReady, waitForStopRequest } from '@capstan/shared/lifecycle'
import { createLog } from '@capstan/shared/log'
import { readWorkerConfig, listServedProviders, WorkerConfig } from './config.ts'

try {
  // The SDKs would send these headers to every endpoint, and their values would not be redacted in errors.
  for (const name of ['OPENAI_CUSTOM_HEADERS', 'ANTHROPIC_CUSTOM_HEADERS']) delete process.env[name]
  const environment = foldProxyNames(process.env)
  const config = readWorkerConfig(environment)
  if (process.argv.includes('--print-config')) {
    process.stdout.write(printConfig(WorkerConfig, environment))
    process.exit(0)
  }
  await useProxies(config)
  // Loaded after the settings, so that wrong ones are reported in a third of the time.
  const { startWorker } = await import('./start-worker.ts')
  const providers = listServedProviders(config)
  const log = createLog('worker', config.LOG_LEVEL)
  // Installed before the start: a worker that still waits for Redis must stop too.
  const stopRequest = waitForStopRequest(config.SHUTDOWN_TIMEOUT_MS)
  const worker = await startWorker(config, providers, log)
  announceReady(worker.url, worker.providers())
  worker.followProviders(announceProviders)
  log.info({ url: worker.url, concurrency: config.CAPSTAN_CONCURRENCY }, 'consuming')
  log.info({ reason: await stopRequest }, 'stopping')
  await worker.stop()
  log.info('stopped')
  process.exit(0)
} catch (error) {
  exitWithReason(error)
}
