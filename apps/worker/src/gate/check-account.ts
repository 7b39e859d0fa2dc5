import { NO_USAGE, type Usage } from '@capstan/shared/contract/capability'
import type { Provider } from '@capstan/shared/contract/scan'
import { ItemError } from '@capstan/shared/errors'
import type { Question } from '@capstan/shared/inference/types'
import { loadOf } from '@capstan/shared/limits/load-of'
import { MustWait } from '@capstan/shared/limits/must-wait'
import type { Admission, Limiter, WaitReason } from '@capstan/shared/limits/types'
import type { Account } from './account.ts'
import { boundedCall } from './bounded-call.ts'
import { admitCall, LEASE_MARGIN_MS, usedBy, type Admitted, type CallDeps } from './call-in-turn.ts'
import { enterAny, type Entered } from './enter-any.ts'

export interface Checked {
  /** Null: the demo rules answered, which need none. */
  account: string | null
  latencyMs: number
  waitedMs: number
  usage: Usage
}

export const CHECKED_DEMO: Checked = { account: null, latencyMs: 0, waitedMs: 0, usage: NO_USAGE }

interface CheckDeps extends Pick<CallDeps, 'day' | 'priceOf'> {
  admission: Admission
  limiter: Pick<Limiter, 'snapshot'>
}

/** With the wait for its turn: a person sits before it. */
const CHECK_MS = 20_000
const LEASE_MS = CHECK_MS + LEASE_MARGIN_MS
/** Fewest tokens of an answer that may be asked for; OpenAI's Responses refuse less. */
const FEWEST_TOKENS: Record<Provider, number> = { anthropic: 1, openai: 16, demo: 1 }

/**
 * One call of as few tokens as the provider takes, in the form in which types are asked about, and under the same limits
 * and circuit breaker. Its answer is not looked at: that there is one says that key and model work. Nothing is stored, and
 * nothing is learned from its length. Ends within 20 s. Throws ItemError, or the signal's reason.
 */
export async function checkAccount(
  deps: CheckDeps,
  accounts: Account[],
  model: string,
  signal: AbortSignal,
): Promise<Checked> {
  const bound = new AbortController()
  let because: WaitReason | undefined
  let entered: Entered | undefined
  const tooLate = (): void => bound.abort(entered ? tooSlow() : noTurn(CHECK_MS, because))
  const timer = setTimeout(tooLate, CHECK_MS)
  const until = AbortSignal.any([signal, bound.signal])
  const startedAt = performance.now()
  try {
    const onWait = (hint: { because: WaitReason }): void => void (because = hint.because)
    const wanted = { model, ...sizeOf(accounts), ttlMs: LEASE_MS, onWait }
    entered = await enterAny(deps, accounts, wanted, until)
    const waitedMs = Math.round(performance.now() - startedAt)
    const { provider } = entered.account
    const callDeps = { ...deps, callTimeoutMs: CHECK_MS }
    const question = questionTo(provider)
    const admitted = await admitCall(callDeps, { entered, model, question }, until)
    return { waitedMs, ...(await callOnce(deps, admitted, until)) }
  } catch (error) {
    throw error instanceof MustWait ? noTurn(error.waitMs, error.because) : error
  } finally {
    clearTimeout(timer)
  }
}

async function callOnce(
  { day }: Pick<CheckDeps, 'day'>,
  { account, turn, spending, question }: Admitted,
  signal: AbortSignal,
): Promise<Omit<Checked, 'waitedMs'>> {
  try {
    const model = account.model(spending.model)
    const answer = await boundedCall(model, question, signal, CHECK_MS)
    await Promise.all([
      turn.settle(undefined, answer.observed).catch(() => undefined),
      day.leave(spending, answer.usage),
    ])
    return { account: account.name, latencyMs: answer.durationMs, usage: answer.usage }
  } catch (error) {
    // Our patience is shorter here than that of real calls, so its end says nothing about the provider's health.
    const { kind, ...facts } = signal.aborted ? { kind: 'aborted' as const } : loadOf(error)
    await Promise.all([
      turn.fail(kind, facts).catch(() => undefined),
      day.leave(spending, usedBy(kind)),
    ])
    throw error
  }
}

function questionTo(provider: Provider): Question {
  return {
    system: 'You are asked whether you can be reached.',
    user: 'Answer {"ok":true}.',
    maxOutputTokens: FEWEST_TOKENS[provider],
    types: 1,
    format: {
      name: 'reached',
      schema: {
        type: 'object',
        properties: { ok: { type: 'boolean' } },
        required: ['ok'],
        additionalProperties: false,
      },
    },
  }
}

/** As if about two types: how long it takes says nothing about calls about one. */
function sizeOf([first]: Account[]) {
  const { system, user, maxOutputTokens } = questionTo(first?.provider ?? 'demo')
  return { characters: system.length + user.length, maxOutputTokens, types: 2 }
}

function tooSlow(): ItemError {
  return new ItemError(
    'timeout',
    'retry',
    `The provider did not answer a question of a few tokens within ${CHECK_MS / 1_000} s`,
  )
}

function noTurn(waitMs: number, because: WaitReason = 'concurrency'): ItemError {
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
