import { onTestFinished } from './on-test-finished.ts'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim, type ProviderSim } from '@capstan/provider-sim/start-provider-sim'

/** Starts a simulated model provider that is closed with the test. */
export async function testProviderSim(config: SimConfigInput = {}): Promise<ProviderSim> {
  const sim = await startProviderSim(config)
  onTestFinished(() => sim.close())
  return sim
}
