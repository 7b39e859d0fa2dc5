import { ConfigError } from '@capstan/shared/config/read-config'
import { announceReady, askedToStop } from '@capstan/shared/lifecycle'
import { cliOptions, HELP } from './cli-options.ts'
import { startProviderSim } from './start-provider-sim.ts'

try {
  const options = cliOptions(process.argv.slice(2), process.env)
  if (options.ask === 'help') {
    console.log(HELP)
    process.exit(0)
  }
  const { host, port, play } = options
  const sim = await startProviderSim({ ...play, host, port })
  const stopAsked = askedToStop(5_000)
  console.error(`provider simulator on ${sim.url}`)
  announceReady(sim.url)
  await stopAsked
  await sim.close()
  process.exit(0)
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(78) // EX_CONFIG of sysexits.h: restarting cannot help
}
