import { writeFile } from 'node:fs/promises'
import { exitWithReason } from '@capstan/shared/exit-with-reason'
import { announceReady, waitForStopRequest } from '@capstan/shared/lifecycle'
import { createLog } from '@capstan/shared/log'
import { parseClusterSimCommand, CLUSTER_SIM_HELP } from './cli-options.ts'
import { startClusterSim } from './start-cluster-sim.ts'

const GRACE_MS = 5_000

try {
  const options = parseClusterSimCommand(process.argv.slice(2), process.env)
  if (options.action === 'help') {
    process.stdout.write(CLUSTER_SIM_HELP)
    process.exit(0)
  }
  const { settings } = options
  const log = createLog('cluster-sim', settings.LOG_LEVEL)
  const stopped = waitForStopRequest(GRACE_MS)
  const sim = await startClusterSim({
    cluster: settings.CLUSTER,
    host: settings.HOST,
    port: settings.PORT,
    stableUids: true,
    anonymous: settings.ANONYMOUS,
  })
  if (settings.KUBECONFIG_OUT === undefined) process.stdout.write(sim.kubeconfig)
  else await writeFile(settings.KUBECONFIG_OUT, sim.kubeconfig, { mode: 0o600 })
  log.info({ url: sim.url, cluster: settings.CLUSTER }, 'serving type definitions')
  announceReady(sim.url)
  log.info({ reason: await stopped }, 'stopping')
  await sim.close()
  process.exit(0)
} catch (error) {
  exitWithReason(error)
}
