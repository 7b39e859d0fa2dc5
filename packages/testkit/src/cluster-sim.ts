import { afterAll } from 'vitest'
import {
  startClusterSim,
  type ClusterSim,
  type ClusterSimOptions,
} from '@capstan/cluster-sim/start-cluster-sim'

const open: ClusterSim[] = []

// Registered while the test file is collected, so that a simulator started inside a test is closed as well.
afterAll(() => Promise.all(open.splice(0).map((sim) => sim.close())))

/** A simulated cluster that closes at the end of the calling test file; the demo cluster by default. */
export async function testClusterSim(
  options: Partial<ClusterSimOptions> = {},
): Promise<ClusterSim> {
  const sim = await startClusterSim({ cluster: 'demo', ...options })
  open.push(sim)
  return sim
}
