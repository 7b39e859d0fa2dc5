import { exitWithReason } from '@capstan/shared/exit-with-reason'
import { announceReady, waitForStopRequest } from '@capstan/shared/lifecycle'
import { cliOptions, HELP } from './cli-options.ts'
import { startProviderSim } from './start-provider-sim.ts'

try {
  const options = cliOptions(process.argv.slice(2), process.env)
  if (options.action === 'help') {
    console.log(HELP)
    process.exit(0)
  }
  const { host, port, play } = options
  const sim = await startProviderSim({ ...play, host, port })
  const stopAsked = waitForStopRequest(5_000)
  console.error(`provider simulator on ${sim.url}`)
  announceReady(sim.url)
  await stopAsked
  await sim.close()
  process.exit(0)
} catch (error) {
  exitWithReason(error)
}
