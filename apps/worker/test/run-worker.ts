import { createSilentLog } from '@capstan/testkit/create-silent-log'
import type { ScanRig } from '@capstan/testkit/scan-rig'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { listServedProviders, WorkerConfig } from '../src/config.ts'
import { startWorker, type RunningWorker } from '../src/start-worker.ts'
import { learnDialect } from './learn-dialect.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

export const KEY = 'sk-ant-canary-0123456789abcdef'

function workerEnvironment(
  rig: ScanRig,
  sim: ProviderSim | undefined,
  change: Record<string, string> = {},
): Record<string, string> {
  return {
    REDIS_URL: rig.url,
    CAPSTAN_REDIS_PREFIX: rig.keys.prefix,
    LOG_LEVEL: 'silent',
    // The simulator answers as many calls at once as a vendor, so calls start as there.
    ANTHROPIC_LIMITS: 'concurrency=1000',
    OPENAI_LIMITS: 'concurrency=1000',
    ...(sim ? { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: sim.url } : {}),
    ...change,
  }
}

/** A whole worker in this process; stops with the test. */
export async function runWorker(
  rig: ScanRig,
  sim?: ProviderSim,
  change: Record<string, string> = {},
): Promise<RunningWorker> {
  if (sim) await learnDialect(rig, 'anthropic')
  const config = WorkerConfig.parse(workerEnvironment(rig, sim, change))
  const worker = await startWorker(config, listServedProviders(config), createSilentLog())
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= worker.stop())
  onTestFinished(stop)
  return { ...worker, stop }
}

/** A worker as a process of its own, for tests that send it signals. */
export async function spawnWorker(
  rig: ScanRig,
  sim?: ProviderSim,
  change: Record<string, string> = {},
): Promise<RunningProcess> {
  if (sim) await learnDialect(rig, 'anthropic')
  const running = await startProcess('worker', workerEnvironment(rig, sim, change))
  onTestFinished(async () => {
    await running.stop('SIGKILL')
  })
  return running
}
