import { foldProxyNames } from '@capstan/shared/config/fold-proxy-names'
import { printConfig } from '@capstan/shared/config/print-config'
import { exitWithReason } from '@capstan/shared/exit-with-reason'
import { useProxies } from '@capstan/shared/http/use-proxies'
import { announceReady, waitForStopRequest } from '@capstan/shared/lifecycle'
import { createLog } from '@capstan/shared/log'
import { ApiSettings, readApiConfig } from './config.ts'

// Streams get 2 s to end. Requests get a few seconds. Planning jobs return to the queue at once.
const STOP_MS = 20_000

try {
  const environment = foldProxyNames(process.env)
  const config = readApiConfig(environment)
  if (process.argv.includes('--print-config')) {
    process.stdout.write(printConfig(ApiSettings, environment))
    process.exit(0)
  }
  await useProxies(config)
  // Loaded after the settings, so that wrong ones are reported in a third of the time.
  const { startApi } = await import('./start-api.ts')
  const log = createLog('api', config.LOG_LEVEL)
  const stopAsked = waitForStopRequest(STOP_MS + config.CAPSTAN_DRAIN_MS)
  const api = await startApi(config, log)
  announceReady(api.url)
  log.info(
    { url: api.url, guarded: config.tokens.length > 0 || config.oidc !== undefined },
    'serving',
  )
  log.info({ reason: await stopAsked }, 'stopping')
  await api.stop()
  log.info('stopped')
  process.exit(0)
} catch (error) {
  exitWithReason(error)
}
