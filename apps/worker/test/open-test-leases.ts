import { createLog } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { openLeaseKeeper, type LeaseKeeper } from '../src/lease-keeper.ts'

/** The leases of a worker without a process; they end with the test. */
export function openTestLeases(
  results: Pick<ResultCache, 'lease' | 'renew' | 'release' | 'put'>,
  workerId: string,
): LeaseKeeper {
  const keeper = openLeaseKeeper({ results, log: createLog('test', 'silent'), workerId })
  onTestFinished(() => keeper.stop())
  return keeper
}
