import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import { SAMPLE_DEFINITION } from '@capstan/shared/inference/sample-definition'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { AdmissionWait, WaitReason } from '@capstan/limits/types'
import { readAnswer } from '../read-answer.ts'

export interface Checked {
  /** Null: the demo rules answered, which need none. */
  account: string | null
  /** What is wrong with the answer; none when it is valid. */
  faults: string[]
  dialect?: Dialect | undefined
  latencyMs: number
  waitedMs: number
  usage: Usage
}

export const CHECKED_DEMO: Checked = {
  account: null,
  faults: [],
  latencyMs: 0,
  waitedMs: 0,
  usage: NO_USAGE,
}

interface CheckOptions {
  signal: AbortSignal
  isCheck: true
  onWait: (hint: AdmissionWait) => void
  onAccount: (name: string) => void
  sent: () => void
}

/** Longest wait for admission: a person waits for the result. The call itself may take what a call of a scan may. */
export const CHECK_WAIT_MS = 20_000

/**
 * One call as a scan makes it: the real prompt about a sample definition, in the real form, on the way of all calls, its
 * answer read by the same reader. Nothing is stored, and nothing is learned from its length. `makeCall` makes it. Throws
 * ItemError, or the signal's reason.
 */
export async function checkAccount(
  makeCall: (question: Question, options: CheckOptions) => Promise<ModelAnswer>,
  signal: AbortSignal,
): Promise<Checked> {
  const bound = new AbortController()
  let because: WaitReason | undefined
  let account: string | null = null
  let waitedMs = 0
  const timer = setTimeout(() => bound.abort(notAdmitted(CHECK_WAIT_MS, because)), CHECK_WAIT_MS)
  const startedAt = performance.now()
  // As if about two types: how long it takes says nothing about calls about one.
  const question = { ...buildQuestion(SAMPLE_DEFINITION), types: 2 }
  try {
    const answer = await makeCall(question, {
      signal: AbortSignal.any([signal, bound.signal]),
      isCheck: true,
      onWait: (hint) => void (because = hint.because),
      onAccount: (name) => void (account = name),
      sent: () => {
        clearTimeout(timer)
        waitedMs = Math.round(performance.now() - startedAt)
      },
    })
    const { usage, dialect, durationMs: latencyMs } = answer
    const read = readAnswer(answer, question)
    const faults = read.outcome === 'valid' ? [] : read.faults
    return { account, faults, dialect, latencyMs, waitedMs, usage }
  } catch (error) {
    throw error instanceof MaxWaitError ? notAdmitted(error.waitMs, error.because) : error
  } finally {
    clearTimeout(timer)
  }
}

function notAdmitted(waitMs: number, because: WaitReason = 'concurrency'): ItemError {
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
