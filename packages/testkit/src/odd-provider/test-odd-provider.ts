import { onTestFinished } from '../on-test-finished.ts'
import {
  startOddProvider,
  type OddProvider,
  type OddProviderOptions,
} from './start-odd-provider.ts'

/** Starts an odd provider that is closed with the test. */
export async function testOddProvider(options: OddProviderOptions = {}): Promise<OddProvider> {
  const odd = await startOddProvider(options)
  onTestFinished(() => odd.close())
  return odd
}
