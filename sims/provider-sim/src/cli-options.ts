import { parseArgs } from 'node:util'
import { ConfigError, readConfig } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import { ProviderSimSettings } from './config.ts'
import { playOf } from './play-of.ts'
import { PROFILES } from './profiles.ts'
import { SimConfig } from './sim-config.ts'

export const HELP = `A model provider on loopback: the wire formats of Anthropic and OpenAI, their limits and their faults.

  pnpm exec node sims/provider-sim/src/main.ts [flags]

  flag           environment      default    means
  --profile      SIM_PROFILE                 a named configuration, see below
  --config       SIM_CONFIG       {}         JSON or a JSON file (src/sim-config.ts); wins over the profile
  --seed         SIM_SEED         1          the same seed has the same latencies and faults
  --time-scale   SIM_TIME_SCALE   1          simulated seconds in a real one: latencies shrink, limits grow
  --log          SIM_LOG                     JSONL file: one line for each call, with its buckets
  --host         HOST             127.0.0.1
  --port         PORT             0          0: any free one; the line on stderr says which

  Anthropic clients take the URL as base URL, OpenAI clients with /v1. Any key is let in unless some are configured.
  GET  /_sim/stats /_sim/calls?after=N /_sim/compliance /_sim/config /_sim/profiles /_sim/process
  POST /_sim/config (forgets all), /_sim/limits, /_sim/fault, /_sim/reset
  GET  /metrics (Prometheus), /healthz

Examples:
  pnpm exec node sims/provider-sim/src/main.ts --port 9000 --profile small-limits
  pnpm exec node sims/provider-sim/src/main.ts --config '{"latency":{"kind":"uniform","minMs":100,"maxMs":200}}'

Profiles:
${PROFILES.map(({ name, shows }) => `  ${name.padEnd(18)} ${shows}`).join('\n')}
`

/** Each flag is the environment's variable by another name, and wins over it. */
const VARIABLES: Record<string, string> = {
  profile: 'SIM_PROFILE',
  config: 'SIM_CONFIG',
  seed: 'SIM_SEED',
  'time-scale': 'SIM_TIME_SCALE',
  log: 'SIM_LOG',
  host: 'HOST',
  port: 'PORT',
}

export type CliOptions =
  | { action: 'help' }
  | { action: 'serve'; host: string; port: number; play: SimConfig }

/** What the command line and the environment ask for. Throws UsageError for an unknown flag, ConfigError for wrong values. */
export function cliOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): CliOptions {
  const flags = flagsOf(args)
  if ('help' in flags) return { action: 'help' }
  const settings = readConfig(ProviderSimSettings, { ...environment, ...flags })
  const play = SimConfig.safeParse(
    orConfigError(() =>
      playOf({
        profile: settings.SIM_PROFILE,
        config: settings.SIM_CONFIG,
        seed: settings.SIM_SEED,
        timeScale: settings.SIM_TIME_SCALE,
        logFile: settings.SIM_LOG,
      }),
    ),
  )
  if (!play.success) {
    const faults = play.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConfigError(faults)
  }
  return { action: 'serve', host: settings.HOST, port: settings.PORT, play: play.data }
}

function flagsOf(args: string[]): Record<string, string> {
  const { values } = parseFlags(args)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [VARIABLES[name] ?? name, String(value)]),
  )
}

function parseFlags(args: string[]) {
  const texts = Object.keys(VARIABLES).map((name) => [name, { type: 'string' as const }])
  try {
    return parseArgs({
      args,
      options: { help: { type: 'boolean', short: 'h' }, ...Object.fromEntries(texts) },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function orConfigError<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)])
  }
}
