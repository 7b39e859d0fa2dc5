import type { Provider } from '@capstan/shared/contract/provider'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import type { ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { readAccountLimits } from '../src/accounts/account-limits.ts'

/** A token a millisecond, of what each vendor counts; of output alone. */
export const HELD_LIMITS = {
  anthropic: 'itpm=60000',
  openai: 'tpm=60000',
  output: 'otpm=60000',
} as const

/** More than any of the buckets holds: the next call waits for ten seconds, which is below its maximum wait. */
const TAKEN = {
  anthropic: { characters: 280_000, maxOutputTokens: 0 },
  openai: { characters: 280_000, maxOutputTokens: 0 },
  // 400 tokens a type by the first estimate.
  output: { characters: 0, maxOutputTokens: 70_000, types: 175 },
}

/**
 * Uses up the tokens of an account with one of HELD_LIMITS, so that every call waits in its line; the answered function
 * gives them back. The account has the name of its provider, as those of plain keys do.
 */
export async function holdLine(
  { redis, keys }: Pick<ScanRig, 'redis' | 'keys'>,
  provider: Exclude<Provider, 'demo'>,
  account: string = provider,
  held: keyof typeof HELD_LIMITS = provider,
): Promise<() => Promise<void>> {
  const limits = readAccountLimits(provider, HELD_LIMITS[held])
  const limiter = openLimiter({ redis, keys, limitsFor: () => limits })
  const limitKey = { account, model: 'test-model' }
  const lease = 'held by a test'
  await limiter.acquire(limitKey, {
    lease,
    ...TAKEN[held],
    ttlMs: 60_000,
    maxWaitMs: 0,
    pollMs: 0,
  })
  return async () => {
    await until('a call that waits', async () =>
      (await limiter.snapshot(limitKey)).waiting > 0 ? true : undefined,
    )
    await limiter.settle(limitKey, lease, { kind: 'unsent' })
  }
}
