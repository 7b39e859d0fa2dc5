import { exitWithReason } from '@capstan/shared/exit-with-reason'
import { announceReady, waitForStopRequest } from '@capstan/shared/lifecycle'
import { parseProviderSimCommand, PROVIDER_SIM_HELP } from './cli-options.ts'
import { startProviderSim } from './start-provider-sim.ts'

try {
  const options = parseProviderSimCommand(process.argv.slice(2), process.env)
  if (options.action === 'help') {
    console.log(PROVIDER_SIM_HELP)
    process.exit(0)
  }
  const { host, port, config } = options
  const sim = await startProviderSim({ ...config, host, port })
  const stopRequested = waitForStopRequest(5_000)
  console.error(`provider simulator on ${sim.url}`)
  announceReady(sim.url)
  await stopRequested
  await sim.close()
  process.exit(0)
} catch (error) {
  exitWithReason(error)
}
