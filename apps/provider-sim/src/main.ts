import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readConfig } from '@capstan/shared/config/read-config'
import { announceReady, askedToStop } from '@capstan/shared/lifecycle'
import { playOf } from './play-of.ts'
import { PROFILES } from './profiles.ts'
import { startProviderSim } from './start-provider-sim.ts'

const HELP = `A model provider on loopback: the wire formats of Anthropic and OpenAI, their limits and their faults.

  node apps/provider-sim/src/main.ts [--profile NAME] [--config JSON|FILE] [--seed N] [--time-scale N]
                                     [--log FILE] [--host HOST] [--port PORT]

  flag           environment      default    means
  --profile      SIM_PROFILE                 a named configuration, see below
  --config       SIM_CONFIG       {}         JSON or a JSON file (src/sim-config.ts); wins over the profile
  --seed         SIM_SEED         1          same seed, same latencies and faults
  --time-scale   SIM_TIME_SCALE   1          simulated seconds in a real one: latencies shrink, limits grow
  --log          SIM_LOG                     JSONL file: one line for each call, with its buckets
  --host         HOST             127.0.0.1
  --port         PORT             0          0: any free one; the line on stderr says which

  Anthropic clients take the URL as base URL, OpenAI clients with /v1. Any key is let in unless some are configured.
  GET  /_sim/stats /_sim/calls?after=N /_sim/compliance /_sim/config /_sim/profiles
  POST /_sim/config (forgets), /_sim/limits, /_sim/fault, /_sim/reset

Profiles:
${PROFILES.map(({ name, shows }) => `  ${name.padEnd(18)} ${shows}`).join('\n')}
`

const { values: flags } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    profile: { type: 'string' },
    config: { type: 'string' },
    seed: { type: 'string' },
    'time-scale': { type: 'string' },
    log: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
  },
})
if (flags.help) {
  console.log(HELP)
  process.exit(0)
}
const config = readConfig(
  z.object({
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    SIM_PROFILE: z.string().optional(),
    SIM_CONFIG: z.string().optional().describe('JSON, or the path of a JSON file.'),
    SIM_SEED: z.coerce.number().int().optional(),
    SIM_TIME_SCALE: z.coerce.number().positive().optional(),
    SIM_LOG: z.string().optional().describe('Path of a JSONL file.'),
  }),
  {
    ...process.env,
    ...given({
      HOST: flags.host,
      PORT: flags.port,
      SIM_PROFILE: flags.profile,
      SIM_CONFIG: flags.config,
      SIM_SEED: flags.seed,
      SIM_TIME_SCALE: flags['time-scale'],
      SIM_LOG: flags.log,
    }),
  },
)
const play = playOf({
  profile: config.SIM_PROFILE,
  config: config.SIM_CONFIG,
  seed: config.SIM_SEED,
  timeScale: config.SIM_TIME_SCALE,
  logFile: config.SIM_LOG,
})
const sim = await startProviderSim({ ...play, host: config.HOST, port: config.PORT })
console.error(`provider simulator on ${sim.url}`)
announceReady(sim.url)
await askedToStop(5_000)
await sim.close()
process.exit(0)

/** Only the flags that were given, so that they win over the environment and nothing else does. */
function given(values: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(entries)
}
