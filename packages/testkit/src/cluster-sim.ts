import { afterAll } from 'vitest'
import {
  startClusterSim,
  type ClusterSim,
  type ClusterSimOptions,
} from '@capstan/cluster-sim/start-cluster-sim'

const open: ClusterSim[] = []

// Registered at collection, so that a simulator started inside a test is closed as well.
afterAll(() => Promise.all(open.splice(0).map((sim) => sim.close())))

/** Starts a simulated cluster, by default the demo cluster. It is closed at the end of the test file. */
export async function testClusterSim(
  options: Partial<ClusterSimOptions> = {},
): Promise<ClusterSim> {
  const sim = await startClusterSim({ cluster: 'demo', ...options })
  open.push(sim)
  return sim
}
