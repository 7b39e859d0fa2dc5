import type { ProviderCheck, ProviderCheckOutcome } from '@capstan/shared/contract/provider-check'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { ItemError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import type { ProviderCheckChannel } from '@capstan/scan-store/signals/check-desk'
import type { Account } from './gate/account.ts'
import type { ModelGate } from './gate/model-gate.ts'

export interface CheckAnswererDeps {
  desk: Pick<ProviderCheckChannel, 'accept' | 'reply'>
  gate: Pick<ModelGate, 'check'>
  accounts: Account[]
  /** Longest time that a check takes. */
  checkMs: number
  self: Pick<WorkerStatus, 'id' | 'providers'>
  log: Log
}

export interface CheckAnswerer {
  /** Makes the check when this worker can and no other has taken it; what came of it goes to the desk. */
  answer(check: ProviderCheck): void
  /** Takes no more, and ends what is under way. */
  stop(): Promise<void>
}

/** The worker's part in checks of its providers. They hold no slot: a check of a busy worker must not wait for a type to end. */
export function openCheckAnswerer(deps: CheckAnswererDeps): CheckAnswerer {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  return {
    answer: (check) => {
      if (stopping.signal.aborted || !isOurs(deps, check)) return
      const answering = takeAndAnswer(deps, check, stopping.signal)
      running.add(answering)
      void answering.finally(() => running.delete(answering))
    },
    stop: async () => {
      stopping.abort(STOPPING)
      await Promise.all(running)
    },
  }
}

const STOPPING = new ItemError('internal', 'retry', 'The worker that made the check was stopped')

function isOurs({ self, accounts }: CheckAnswererDeps, check: ProviderCheck): boolean {
  if (check.account !== undefined) {
    return accounts.some(({ name, provider }) => {
      return name === check.account && provider === check.provider
    })
  }
  return self.providers.some(({ provider }) => provider === check.provider)
}

async function takeAndAnswer(
  { desk, gate, self, checkMs, log }: CheckAnswererDeps,
  check: ProviderCheck,
  signal: AbortSignal,
): Promise<void> {
  const { id, provider, model, account } = check
  try {
    if (!(await desk.accept(id, self.id, checkMs))) return
    await desk.reply(id, await outcomeOf(gate.check({ provider, model, account }, signal)))
    log.info({ provider, model, account }, 'a provider was checked')
  } catch (error) {
    log.warn({ err: error, provider, model }, 'a check of a provider could not be answered')
  }
  async function outcomeOf(
    checking: ReturnType<ModelGate['check']>,
  ): Promise<ProviderCheckOutcome> {
    try {
      const checked = await checking
      const facts = { provider, model, demo: provider === 'demo', worker: self.id }
      const ok = checked.faults.length === 0
      return { outcome: 'answered', checked: { ok, ...facts, ...checked } }
    } catch (error) {
      if (!(error instanceof ItemError)) throw error
      const { retryAfterMs } = error
      const again = retryAfterMs === undefined ? {} : { retryAfterMs }
      return { outcome: 'failed', problem: error.toProblem(), ...again }
    }
  }
}
