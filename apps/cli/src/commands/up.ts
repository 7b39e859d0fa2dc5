import { once } from 'node:events'
import { join } from 'node:path'
import type { CuratedPolicy } from '@capstan/shared/contract/choice-names'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'
import { openNetwork } from '../program/open-network.ts'
import type { GlobalOptions } from '../cli-session.ts'
import { formatBanner } from '../stack/format-banner.ts'
import { chooseCluster } from '../stack/choose-cluster.ts'
import { removeBlankVariables } from '../stack/environment.ts'
import { findCacheDir, findDataDir } from '../stack/find-folders.ts'
import { requireFreePort } from '../stack/require-free-port.ts'
import { readStackSettings } from '../stack/settings.ts'
import { trackServedModel } from '../stack/track-served-model.ts'
import { startLocalStack, type LocalStackPlan } from '../stack/start-local-stack.ts'
import { toCliError, formatError } from '../format-error.ts'

export interface UpOptions extends GlobalOptions {
  demo?: boolean
  workers?: number
  port?: number
  cluster?: string
}

/** Runs the whole stack on this machine until it is interrupted. */
export async function runUp(io: Io, options: UpOptions): Promise<ExitCode> {
  const log = (line: string): void => {
    if (!options.quiet) io.err(formatForTerminal(io, 'err', `capstan: ${toPlainText(line)}\n`))
  }
  await openNetwork(io.environment)
  const plan = await planStack(io, options)
  await requireFreePort(plan.host, plan.port)
  const models = trackServedModel(log, plan.curated)
  const onProviders = models.note
  const stack = await startLocalStack({ ...plan, onProviders }, { log, signal: io.interrupted })
  for (const warning of stack.redis.warnings) log(`Redis: ${warning}`)
  const text = formatBanner({
    ...plan,
    apiUrl: stack.apiUrl,
    redis: stack.redis.description,
    logs: plan.log === 'stderr' ? 'this terminal' : plan.log.folder,
    llm: models.show(),
    program: io.program,
  })
  io.out(formatForTerminal(io, 'out', text))
  if (!io.interrupted.aborted) await once(io.interrupted, 'abort')
  log('stopping; running jobs return to the queue (Ctrl-C again: exit at once).')
  await stack.stop().catch((error: unknown) => log(formatError(toCliError(error), false).join(' ')))
  log('stopped.')
  return EXIT.ok
}

async function planStack(
  io: Io,
  options: UpOptions,
): Promise<LocalStackPlan & { curated: CuratedPolicy }> {
  const given = removeBlankVariables(io.environment)
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
    curated: settings.CAPSTAN_CURATED,
    log: options.verbose ? 'stderr' : { folder: join(dataDir, 'logs') },
  }
}
