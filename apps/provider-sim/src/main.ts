import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readConfig } from '@capstan/shared/config/read-config'
import { announceReady, askedToStop } from '@capstan/shared/lifecycle'
import { SimConfig } from './sim-config.ts'
import { startProviderSim } from './start-provider-sim.ts'

const config = readConfig(
  z.object({
    HOST: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    SIM_CONFIG: z.string().default('{}').describe('JSON, or the path of a JSON file.'),
  }),
  process.env,
)
const text = config.SIM_CONFIG.startsWith('{')
  ? config.SIM_CONFIG
  : readFileSync(config.SIM_CONFIG, 'utf8')
const sim = await startProviderSim({
  ...SimConfig.parse(JSON.parse(text)),
  host: config.HOST,
  port: config.PORT,
})
console.error(`provider simulator on ${sim.url}`)
announceReady(sim.url)
await askedToStop(5_000)
await sim.close()
process.exit(0)
