import { onTestFinished } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim, type ProviderSim } from '@capstan/provider-sim/start-provider-sim'

/** A simulated model provider that closes with the test that asked for it. */
export async function testProviderSim(config: SimConfigInput = {}): Promise<ProviderSim> {
  const sim = await startProviderSim(config)
  onTestFinished(() => sim.close())
  return sim
}
