import type { ProviderCheck, ProviderCheckOutcome } from '@capstan/shared/contract/provider-check'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { ItemError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import type { ProviderCheckChannel } from '@capstan/scan-store/workers/provider-check-channel'
import type { Account } from '../accounts/account.ts'
import type { CheckedProvider, ProviderToCheck } from './check-provider.ts'

export interface CheckAnswererDeps {
  channel: Pick<ProviderCheckChannel, 'accept' | 'reply'>
  /** Throws ItemError, or the reason of the signal. */
  check: (provider: ProviderToCheck, signal: AbortSignal) => Promise<CheckedProvider>
  accounts: Account[]
  /** Longest duration of a check. */
  checkMs: number
  self: Pick<WorkerStatus, 'id' | 'providers'>
  log: Log
}

export interface CheckAnswerer {
  /** Runs the check and replies with its result, if this worker can and no other worker has accepted it. */
  answer(check: ProviderCheck): void
  /** Accepts no more checks and aborts the running ones. */
  stop(): Promise<void>
}

/** Answers provider checks. A check uses no worker slot, so it does not wait behind the jobs of a busy worker. */
export function openCheckAnswerer(deps: CheckAnswererDeps): CheckAnswerer {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  return {
    answer: (check) => {
      if (stopping.signal.aborted || !canCheck(deps, check)) return
      const replying = acceptAndReply(deps, check, stopping.signal)
      running.add(replying)
      void replying.finally(() => running.delete(replying))
    },
    stop: async () => {
      stopping.abort(STOPPING)
      await Promise.all(running)
    },
  }
}

const STOPPING = new ItemError('internal', 'retry', 'The worker that made the check was stopped')

function canCheck({ self, accounts }: CheckAnswererDeps, check: ProviderCheck): boolean {
  if (check.account !== undefined) {
    return accounts.some(({ name, provider }) => {
      return name === check.account && provider === check.provider
    })
  }
  return self.providers.some(({ provider }) => provider === check.provider)
}

async function acceptAndReply(
  { channel, check: checkOnce, self, checkMs, log }: CheckAnswererDeps,
  check: ProviderCheck,
  signal: AbortSignal,
): Promise<void> {
  const { id, provider, model, account } = check
  try {
    if (!(await channel.accept(id, self.id, checkMs))) return
    await channel.reply(id, await runCheck(checkOnce({ provider, model, account }, signal)))
    log.info({ provider, model, account }, 'checked a provider')
  } catch (error) {
    log.warn({ err: error, provider, model }, 'could not reply to a provider check')
  }
  async function runCheck(checking: Promise<CheckedProvider>): Promise<ProviderCheckOutcome> {
    try {
      const checked = await checking
      const labels = { provider, model, demo: provider === 'demo', worker: self.id }
      const ok = checked.faults.length === 0
      return { outcome: 'answered', checked: { ok, ...labels, ...checked } }
    } catch (error) {
      if (!(error instanceof ItemError)) throw error
      const { retryAfterMs } = error
      const retry = retryAfterMs === undefined ? {} : { retryAfterMs }
      return { outcome: 'failed', problem: error.toProblem(), ...retry }
    }
  }
}
