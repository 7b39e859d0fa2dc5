import { onTestFinished } from 'vitest'
import {
  startOddProvider,
  type OddProvider,
  type OddProviderOptions,
} from './start-odd-provider.ts'

/** An odd provider that closes with the test that asked for it. */
export async function testOddProvider(options: OddProviderOptions = {}): Promise<OddProvider> {
  const odd = await startOddProvider(options)
  onTestFinished(() => odd.close())
  return odd
}
