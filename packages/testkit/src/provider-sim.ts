import { onTestFinished } from './on-test-finished.ts'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Starts a simulated model provider that is closed with the test. */
export async function testProviderSim(config: SimConfigInput = {}): Promise<ProviderSim> {
  const sim = await startProviderSim(config)
  onTestFinished(() => sim.close())
  return sim
}
