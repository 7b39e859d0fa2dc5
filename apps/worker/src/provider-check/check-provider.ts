import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { SAMPLE_DEFINITION } from '@capstan/shared/inference/sample-definition'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { WaitReason } from '@capstan/limits/types'
import type { Route } from '@capstan/scan-store/routes/route'
import { getCause } from '../call/model-call-error.ts'
import { getLastCall } from '../call/ledger.ts'
import type { CallProgress, ModelCall } from '../call/model-call.ts'
import { readAnswer } from '../call/answers/read-answer.ts'

export interface ProviderToCheck extends Route {
  /** Default: the account with the most headroom. */
  account?: string | undefined
}

export interface CheckedProvider {
  /** Null: provider `demo`, which has no account. */
  account: string | null
  /** Faults of the answer; empty when it is valid. */
  faults: string[]
  dialect?: Dialect | undefined
  latencyMs: number
  waitedMs: number
  usage: Usage
}

export interface CheckDeps {
  callProvider: ModelCall
  /** See CallRequest. */
  maxBreakerWaitMs?: number | undefined
}

const CHECKED_DEMO: CheckedProvider = {
  account: null,
  faults: [],
  latencyMs: 0,
  waitedMs: 0,
  usage: NO_USAGE,
}

/** Longest wait for admission: a person waits for the result. The call itself may take as long as a call of a scan. */
export const CHECK_WAIT_MS = 20_000

/**
 * Checks an account and a model by one call like those of a scan: the real prompt about a sample definition. Nothing is stored,
 * and no estimate is trained. Throws ItemError, or the reason of the signal.
 */
export async function checkProvider(
  { callProvider, maxBreakerWaitMs }: CheckDeps,
  { provider, model, account }: ProviderToCheck,
  signal: AbortSignal,
): Promise<CheckedProvider> {
  if (provider === 'demo') return CHECKED_DEMO
  // Two types: the duration of such a call trains no estimate of calls about one type.
  const question = { ...buildQuestion(SAMPLE_DEFINITION), types: 2 }
  const bound = boundWait(signal)
  const startedAt = performance.now()
  try {
    const { answer, spent } = await callProvider({
      route: { provider, model },
      account,
      question,
      signal: bound.signal,
      progress: bound.progress,
      maxWaitMs: CHECK_WAIT_MS,
      maxBreakerWaitMs,
      kind: 'first',
      isCheck: true,
    })
    const read = readAnswer(answer, question)
    const call = getLastCall(spent)
    return {
      account: call?.target?.account.name ?? null,
      faults: read.outcome === 'valid' ? [] : read.faults,
      dialect: answer.dialect,
      latencyMs: answer.durationMs,
      waitedMs: Math.round((call?.sentAt ?? startedAt) - startedAt),
      usage: answer.usage,
    }
  } catch (error) {
    const cause = getCause(error)
    if (cause instanceof MaxWaitError) throw createNotAdmittedError(cause.waitMs, cause.because)
    throw cause
  } finally {
    bound.end()
  }
}

/** Ends a check that is not sent within CHECK_WAIT_MS: it may wait for a dialect and for admission. */
function boundWait(signal: AbortSignal) {
  const wait = new AbortController()
  const timer = setTimeout(() => wait.abort(createNotAdmittedError(CHECK_WAIT_MS)), CHECK_WAIT_MS)
  const progress: CallProgress = {
    wait: () => undefined,
    sent: () => clearTimeout(timer),
    end: () => undefined,
    loseLease: () => undefined,
    note: () => undefined,
  }
  return {
    signal: AbortSignal.any([signal, wait.signal]),
    progress,
    end: () => clearTimeout(timer),
  }
}

function createNotAdmittedError(waitMs: number, because: WaitReason = 'concurrency'): ItemError {
  const seconds = Math.ceil(waitMs / 1_000)
  const why = { paused: 'it asked for a pause', breaker: 'its circuit breaker is open' }
  const reason = because === 'paused' || because === 'breaker' ? why[because] : `limit: ${because}`
  return new ItemError(
    'rate_limited',
    'wait',
    `The provider may not be called for another ${seconds} s (${reason})`,
    { retryAfterMs: waitMs, hint: 'Look at its accounts in GET /api/v1/providers.' },
  )
}
