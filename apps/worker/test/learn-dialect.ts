import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { ScanRig } from '@capstan/testkit/scan-rig'

/** The simulator takes what its vendor takes: without a negotiation the first calls start together, as at the vendor. */
export async function learnDialect(
  { redis, keys }: Pick<ScanRig, 'redis' | 'keys'>,
  account: string,
  model = 'test-model',
): Promise<void> {
  const entry = { state: 'learned', dialect: FULL_DIALECT, refusals: 0 } as const
  await openDialectMemory(redis, keys).store({ account, model }, 'test', entry)
}
