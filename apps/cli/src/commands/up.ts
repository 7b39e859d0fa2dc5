import { once } from 'node:events'
import { join } from 'node:path'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { peopleText } from '../output/people-text.ts'
import { openNetwork } from '../program/open-network.ts'
import type { GlobalOptions } from '../session.ts'
import { banner } from '../stack/banner.ts'
import { chooseCluster } from '../stack/choose-cluster.ts'
import { withoutBlank } from '../stack/environment.ts'
import { findCacheDir, findDataDir } from '../stack/find-folders.ts'
import { requireFreePort } from '../stack/require-free-port.ts'
import { readStackSettings } from '../stack/settings.ts'
import { openModelLine } from '../stack/model-line.ts'
import { startStack, type StackPlan } from '../stack/start-stack.ts'
import { asCliError, errorLines } from '../error-lines.ts'

export interface UpOptions extends GlobalOptions {
  demo?: boolean
  workers?: number
  port?: number
  cluster?: string
}

/** Runs everything on this machine until it is told to stop. */
export async function upCommand(io: Io, options: UpOptions): Promise<ExitCode> {
  const tell = (line: string): void => {
    if (!options.quiet) io.err(peopleText(io, 'err', `capstan: ${toPlainText(line)}\n`))
  }
  await openNetwork(io.environment)
  const plan = await planStack(io, options)
  await requireFreePort(plan.host, plan.port)
  const models = openModelLine(tell)
  const onProviders = models.note
  const stack = await startStack({ ...plan, onProviders }, { tell, signal: io.interrupted })
  for (const warning of stack.redis.warnings) tell(`Redis: ${warning}`)
  const text = banner({
    ...plan,
    apiUrl: stack.apiUrl,
    redis: stack.redis.description,
    logs: plan.log === 'stderr' ? 'this terminal' : plan.log.folder,
    llm: models.show(),
    program: io.program,
  })
  io.out(peopleText(io, 'out', text))
  if (!io.interrupted.aborted) await once(io.interrupted, 'abort')
  tell('stopping; what runs is put back into the queue (Ctrl-C again: at once).')
  await stack.stop().catch((error: unknown) => tell(errorLines(asCliError(error), false).join(' ')))
  tell('stopped.')
  return EXIT.ok
}

async function planStack(io: Io, options: UpOptions): Promise<StackPlan> {
  const given = withoutBlank(io.environment)
  const environment =
    options.cluster === undefined ? given : { ...given, CAPSTAN_CONTEXT: options.cluster }
  const settings = readStackSettings(environment)
  const dataDir = await findDataDir({ ...environment, CAPSTAN_DATA_DIR: settings.CAPSTAN_DATA_DIR })
  return {
    environment,
    host: settings.HOST,
    port: options.port ?? settings.PORT,
    redisUrl: settings.REDIS_URL,
    dataDir,
    cacheDir: await findCacheDir(environment),
    cluster: chooseCluster(environment, options.demo === true),
    workers: options.workers ?? settings.CAPSTAN_WORKERS,
    log: options.verbose ? 'stderr' : { folder: join(dataDir, 'logs') },
  }
}
