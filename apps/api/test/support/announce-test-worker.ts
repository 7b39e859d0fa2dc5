import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { announceWorker } from '@capstan/scan-store/workers/worker-registry'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import type { ApiRig } from './api-rig.ts'

/** Announces a live worker with these fields until the test ends. Returns a handle that stops it earlier. */
export async function announceTestWorker(
  { deps }: ApiRig,
  facts: Partial<WorkerStatus> & Pick<WorkerStatus, 'providers'>,
): Promise<{ stop(): Promise<void> }> {
  const worker = await announceWorker(deps.redis, deps.keys, () => ({
    id: 'one',
    host: 'here',
    pid: 1,
    version: '1',
    startedAt: '2026-11-24T00:00:00.000Z',
    concurrency: 10,
    active: 0,
    draining: false,
    accounts: [],
    ...facts,
  }))
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= worker.stop())
  onTestFinished(() => (deps.redis.status === 'ready' ? stop() : undefined))
  return { stop }
}
