import { writeFile } from 'node:fs/promises'
import { readConfig } from '@capstan/shared/config/read-config'
import { announceReady, askedToStop } from '@capstan/shared/lifecycle'
import { createLog } from '@capstan/shared/log'
import { ClusterSimConfig } from './config.ts'
import { startClusterSim } from './start-cluster-sim.ts'

const GRACE_MS = 5_000

const config = readConfig(ClusterSimConfig, process.env)
const log = createLog('cluster-sim', config.LOG_LEVEL)
const stopped = askedToStop(GRACE_MS)
const sim = await startClusterSim({
  cluster: config.CLUSTER,
  host: config.HOST,
  port: config.PORT,
  stableUids: true,
  anonymous: config.ANONYMOUS,
})
if (config.KUBECONFIG_OUT === undefined) process.stdout.write(sim.kubeconfig)
else await writeFile(config.KUBECONFIG_OUT, sim.kubeconfig, { mode: 0o600 })
log.info({ url: sim.url, cluster: config.CLUSTER }, 'serving type definitions')
announceReady(sim.url)
log.info({ reason: await stopped }, 'stopping')
await sim.close()
process.exit(0)
