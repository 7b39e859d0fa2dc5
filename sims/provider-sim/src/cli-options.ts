import { parseArgs } from 'node:util'
import { ConfigError, readConfig } from '@capstan/shared/config/read-config'
import { UsageError } from '@capstan/shared/config/usage-error'
import { ProviderSimSettings } from './config.ts'
import { buildSimConfig } from './build-sim-config.ts'
import { PROFILES } from './profiles.ts'
import { SimConfig } from './sim-config.ts'

export const PROVIDER_SIM_HELP = `A simulated model provider on the loopback: wire formats, limits and faults of Anthropic and OpenAI.

  pnpm exec node sims/provider-sim/src/main.ts [flags]

  flag           environment      default    meaning
  --profile      SIM_PROFILE                 named configuration, see below
  --config       SIM_CONFIG       {}         JSON or a JSON file (src/sim-config.ts); overrides the profile
  --seed         SIM_SEED         1          determines latencies and faults
  --time-scale   SIM_TIME_SCALE   1          simulated seconds per real second: latencies shrink, limits grow
  --log          SIM_LOG                     JSONL file with one line per call and its buckets
  --host         HOST             127.0.0.1
  --port         PORT             0          0: any free port, printed to stderr

  The URL is the base URL of Anthropic clients; OpenAI clients append /v1. Without configured keys any key is accepted.
  GET  /_sim/stats /_sim/calls?after=N /_sim/compliance /_sim/config /_sim/profiles /_sim/process
  POST /_sim/config (resets), /_sim/limits, /_sim/fault, /_sim/reset
  GET  /metrics (Prometheus), /healthz

Examples:
  pnpm exec node sims/provider-sim/src/main.ts --port 9000 --profile small-limits
  pnpm exec node sims/provider-sim/src/main.ts --config '{"latency":{"kind":"uniform","minMs":100,"maxMs":200}}'

Profiles:
${PROFILES.map(({ name, purpose }) => `  ${name.padEnd(18)} ${purpose}`).join('\n')}
`

/** Each flag sets an environment variable, and overrides it. */
const VARIABLES: Record<string, string> = {
  profile: 'SIM_PROFILE',
  config: 'SIM_CONFIG',
  seed: 'SIM_SEED',
  'time-scale': 'SIM_TIME_SCALE',
  log: 'SIM_LOG',
  host: 'HOST',
  port: 'PORT',
}

export type ProviderSimCommand =
  | { action: 'help' }
  | { action: 'serve'; host: string; port: number; config: SimConfig }

/** Parses command line and environment. Throws UsageError for an unknown flag, ConfigError for invalid values. */
export function parseProviderSimCommand(
  args: string[],
  environment: Record<string, string | undefined>,
): ProviderSimCommand {
  const flags = readFlags(args)
  if ('help' in flags) return { action: 'help' }
  const settings = readConfig(ProviderSimSettings, { ...environment, ...flags })
  const config = SimConfig.safeParse(
    rethrowAsConfigError(() =>
      buildSimConfig({
        profile: settings.SIM_PROFILE,
        config: settings.SIM_CONFIG,
        seed: settings.SIM_SEED,
        timeScale: settings.SIM_TIME_SCALE,
        logFile: settings.SIM_LOG,
      }),
    ),
  )
  if (!config.success) {
    const faults = config.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConfigError(faults)
  }
  return { action: 'serve', host: settings.HOST, port: settings.PORT, config: config.data }
}

function readFlags(args: string[]): Record<string, string> {
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

function rethrowAsConfigError<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)])
  }
}
