import { readFileSync } from 'node:fs'
import { readConfig } from '@capstan/shared/config/read-config'
import { announceReady, askedToStop } from '@capstan/shared/lifecycle'
import { ProviderSimSettings } from './config.ts'
import { SimConfig } from './sim-config.ts'
import { startProviderSim } from './start-provider-sim.ts'

const config = readConfig(ProviderSimSettings, process.env)
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
