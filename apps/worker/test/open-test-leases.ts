import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import { openLeaseHolder, type LeaseHolder } from '../src/call/answers/lease-holder.ts'

/** The leases of a worker without a process; they end with the test. */
export function openTestLeases(
  results: Pick<ResultCache, 'lease' | 'renew' | 'release' | 'put'>,
  workerId: string,
): LeaseHolder {
  const holder = openLeaseHolder({ results, log: createSilentLog(), workerId })
  onTestFinished(() => holder.stop())
  return holder
}
