import { createLog, type Log } from '@capstan/shared/log'
import { NO_CURATED_ANSWERS } from './no-curated-answers.ts'
import type { HostedAppName, HostReply, HostRequest } from './app-host-messages.ts'

// The program of an app host: it starts and stops apps on request of the tests that share it, until its parent ends.

interface StartedApp {
  url: string
  stop(): Promise<void>
}

type StartApp = (environment: Record<string, string>, openLog: OpenLog) => Promise<StartedApp>
type OpenLog = (name: string, level: string) => Log

/** The part of the settings of an app that this program reads. */
interface AppConfig {
  LOG_LEVEL: string
}

// No package imports an app: like processes, apps are found by their path.
const importFromApp = (path: string): Promise<unknown> =>
  import(new URL(`../../../../apps/${path}`, import.meta.url).href)

const loadApi = async (): Promise<StartApp> => {
  const { readApiConfig } = (await importFromApp('api/src/config.ts')) as {
    readApiConfig(environment: Record<string, string>): AppConfig
  }
  const { startApi } = (await importFromApp('api/src/start-api.ts')) as {
    startApi(config: AppConfig, log: Log): Promise<StartedApp>
  }
  return (environment, openLog) => {
    const config = readApiConfig({ CAPSTAN_DRAIN_MS: '0', ...NO_CURATED_ANSWERS, ...environment })
    return startApi(config, openLog('api', config.LOG_LEVEL))
  }
}

const loadWorker = async (): Promise<StartApp> => {
  const { readWorkerConfig, listServedProviders } = (await importFromApp(
    'worker/src/config.ts',
  )) as {
    readWorkerConfig(environment: Record<string, string>): AppConfig
    listServedProviders(config: AppConfig): unknown
  }
  const { startWorker } = (await importFromApp('worker/src/start-worker.ts')) as {
    startWorker(config: AppConfig, providers: unknown, log: Log): Promise<StartedApp>
  }
  return (environment, openLog) => {
    const config = readWorkerConfig(environment)
    return startWorker(config, listServedProviders(config), openLog('worker', config.LOG_LEVEL))
  }
}

// Loading blocks the event loop for a second, in which a running app could not read the answers of Redis.
const starts: Record<HostedAppName, StartApp> = { api: await loadApi(), worker: await loadWorker() }

/** They apply to a whole process, which the apps of several tests share here. */
const PROCESS_SETTINGS = /^(?:https?_proxy|no_proxy|node_.*)$/i

const running = new Map<number, StartedApp>()
let lastStart: Promise<unknown> = Promise.resolve()

async function handle(request: HostRequest): Promise<HostReply> {
  const { id } = request
  if (request.kind === 'stop') {
    await running.get(id)?.stop()
    running.delete(id)
    return { kind: 'stopped', id }
  }
  const { app, environment } = request
  const misplaced = Object.keys(environment).filter((name) => PROCESS_SETTINGS.test(name))
  if (misplaced.length > 0) throw new Error(`${misplaced.join(', ')} need a process of their own`)
  const openLog: OpenLog = (name, level) =>
    createLog(name, level, { write: (text) => reply({ kind: 'output', id, text }) })
  // One after another, because the first start of each app loads further modules.
  const starting = lastStart.then(() => starts[app](environment, openLog))
  lastStart = starting.catch(() => undefined)
  const started = await starting
  running.set(id, started)
  return { kind: 'started', id, url: started.url }
}

function reply(message: HostReply): void {
  if (process.connected) process.send?.(message)
}

process.on('message', (request: HostRequest) => {
  handle(request).then(reply, (error: unknown) => {
    reply({ kind: 'failed', id: request.id, error: String(error) })
  })
})
process.once('disconnect', () => process.exit(0))
